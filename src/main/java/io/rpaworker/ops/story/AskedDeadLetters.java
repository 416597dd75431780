package io.rpaworker.ops.story;

import io.rpaworker.failure.FailureKind;
import io.rpaworker.ops.Parameters;
import io.rpaworker.queue.deadletter.DeadLetterFilter;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters an operator asks for, in his words; null or empty means any.
 *
 * @param kind error, timeout, rejected, payload, poison, cancelled or unknown
 * @param error what their message contains, whatever the case
 * @param failedFrom since when, in ISO format with its zone
 * @param failedBefore until when, exclusively
 */
public record AskedDeadLetters(
        @Nullable String flow,
        @Nullable String kind,
        @Nullable String fingerprint,
        @Nullable String error,
        @Nullable String failedFrom,
        @Nullable String failedBefore,
        @Nullable String runId) {

    /**
     * What he means.
     *
     * @throws io.rpaworker.ops.Problem if that makes no sense
     */
    public DeadLetterFilter filter() {
        return new DeadLetterFilter(
                Parameters.text("flow", flow),
                kind == null || kind.isEmpty() ? null : kind(kind),
                Parameters.text("error", error),
                Parameters.text("fingerprint", fingerprint),
                Parameters.moment("failed_from", failedFrom),
                Parameters.moment("failed_before", failedBefore),
                runId == null || runId.isEmpty() ? null : Parameters.number("run_id", runId),
                null);
    }

    private static FailureKind kind(String asked) {
        return Stream.of(FailureKind.values())
                .filter(it -> it.column().equals(asked.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Parameters.invalid("kind", "There is no such kind of failure")
                        .with(
                                "allowed",
                                Stream.of(FailureKind.values())
                                        .map(FailureKind::column)
                                        .toList()));
    }
}
