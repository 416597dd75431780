package io.rpaworker.worker.settling;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.failure.FailureTexts;
import io.rpaworker.failure.Redactions;
import io.rpaworker.flow.Flow;
import io.rpaworker.text.MessageLeftOut;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.inflight.TimeAndChance;
import io.rpaworker.worker.settling.Settlement.Fail;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes of a failed attempt what is kept of it and when the next one is, and has it told of. */
public final class FailedAttempts<P, R extends @Nullable Object> {

    // Says "for ever" to any handler, and still is a date to PostgreSQL.
    private static final Duration LONGEST_DELAY = Duration.ofDays(365);

    private final Flow<P, R> flow;
    private final Redactions redactions;
    private final RepeatedFailures first;
    private final TimeAndChance time;

    FailedAttempts(Flow<P, R> flow, Redactions redactions, TimeAndChance time) {
        this.flow = flow;
        this.redactions = redactions;
        this.time = time;
        this.first = new RepeatedFailures(flow, time.nanoTime());
    }

    /**
     * An attempt that has failed.
     *
     * @param reason for people
     * @param failure what was thrown; null if nothing was
     */
    public record Attempt(
            InFlightRecord work,
            long nanos,
            FailureKind kind,
            String reason,
            @Nullable Throwable failure) {}

    /** No other attempt can succeed: a dead letter. */
    public Fail<P, R> reject(Attempt attempt) {
        return fail(attempt, null);
    }

    /**
     * Another attempt follows, if one is left.
     *
     * @param asked when; null for after the flow's back-off
     */
    public Fail<P, R> retry(Attempt attempt, @Nullable Duration asked) {
        int failed = attempt.work().attempt();
        Duration delay = asked != null
                ? asked
                : flow.settings().backoff().after(failed, time.random().get());
        boolean last = failed >= flow.settings().maxRetries();
        return fail(attempt, last ? null : Collections.min(List.of(delay, LONGEST_DELAY)));
    }

    private Fail<P, R> fail(Attempt attempt, @Nullable Duration after) {
        Throwable failure = attempt.failure();
        // Of what it was, so that a rule that comes or goes does not group failures anew.
        String fingerprint = failure == null
                ? FailureTexts.fingerprint(flow.name(), attempt.kind(), grouped(attempt))
                : FailureTexts.fingerprint(flow.name(), attempt.kind(), failure);
        // A timeout's is the worker's own and a cancellation's an operator's, and who watches over all flows is not to
        // wait for one flow's rule.
        String reason = FailureTexts.storable(
                attempt.kind() == FailureKind.TIMEOUT || attempt.kind() == FailureKind.CANCELLED
                        ? attempt.reason()
                        : redactions.redacted(flow.name(), attempt.reason()));
        return new Fail<>(
                attempt.work(),
                attempt.nanos(),
                new Failure(reason, attempt.kind(), fingerprint, after, Duration.ofNanos(attempt.nanos())),
                failure != null && attempt.kind() != FailureKind.PAYLOAD && first.isNew(fingerprint)
                        ? MessageLeftOut.of(failure)
                        : null);
    }

    // What people have cancelled is one group, as where PostgreSQL cancels it: see Cancellations.
    private static String grouped(Attempt attempt) {
        return attempt.kind() == FailureKind.CANCELLED ? "" : attempt.reason();
    }

    /** PostgreSQL has this failure: it is told of, or counted. */
    void failed(Fail<P, R> fail) {
        first.failed(fail);
    }

    /** To be called now and then: failures whose time is over are told by their number. */
    void tellWhatIsOver() {
        first.tellWhatIsOver();
    }

    /** Tells how many failures there were that have not been told of: the flow stops. */
    void tellAll() {
        first.tellAll();
    }
}
