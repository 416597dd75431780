package io.rpaworker.ops.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What an operator orders about one record, in his words.
 *
 * @param action cancel, postpone, run_now, retry or discard
 * @param at of a postponement: when it is to run, in ISO format with its zone
 * @param reason why; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RecordOrder(
        @Nullable String action,
        @Nullable String at,
        @Nullable String reason) {

    /**
     * What came of it.
     *
     * @param outcome cancelled, cancelling (it runs, and its call is interrupted), postponed, pending or deleted
     * @param at when it is to run; null if that is not said
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Done(
            long recordId,
            String action,
            String outcome,
            @Nullable Instant at) {}
}
