package io.rpaworker.ops.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.rpaworker.ops.story.DeadLetterPage.Item;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A dead letter in a file: the old system's keys, and ours as {@code GET /actuator/deadletters} has them.
 *
 * @param sourceName the flow
 * @param errorDetails its kind of failure and its cause
 */
@JsonNaming(SnakeCaseStrategy.class)
record DeadLetterItem(
        String queueId,
        @Nullable String docId,
        String sourceName,
        int retryCount,
        Map<String, String> errorDetails,
        Map<String, String> metadata,
        @JsonUnwrapped Item item) {

    static DeadLetterItem of(Item it) {
        return new DeadLetterItem(
                String.valueOf(it.id()),
                it.recordKey(),
                it.flowName(),
                it.attempts(),
                Map.of("kind", text(it.failureKind()), "fingerprint", text(it.fingerprint())),
                Map.of(),
                it);
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
