package io.rpaworker.ops.action;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What an operator orders about a run, in his words.
 *
 * @param action cancel, retry or reopen
 * @param reason why; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RunOrder(@Nullable String action, @Nullable String reason) {

    /**
     * What came of it.
     *
     * @param action start, cancel, retry or reopen
     * @param state of the run after it
     * @param round of the run after it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Done(long runId, String flow, String action, String state, int round) {}
}
