package io.rpaworker.ops.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.story.AskedDeadLetters;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What an operator orders about dead letters, in his words. All that is said of them has to hold.
 *
 * @param action retry, discard or purge
 * @param id this one
 * @param flow of this flow
 * @param kind of this kind
 * @param fingerprint of this group
 * @param error whose message contains this, whatever the case
 * @param failedFrom since when, in ISO format with its zone
 * @param failedBefore until when, exclusively
 * @param runId of this run
 * @param all whether it is meant that nothing else is said: the dead letters of all flows
 * @param days of a purge: those that failed longer ago than so many days
 * @param canary of a retry: try so many first, and the rest once all of these are completed
 * @param dryRun whether it is only counted what would be done
 * @param reason why; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record DeadLetterOrder(
        @Nullable String action,
        @Nullable Long id,
        @Nullable String flow,
        @Nullable String kind,
        @Nullable String fingerprint,
        @Nullable String error,
        @Nullable String failedFrom,
        @Nullable String failedBefore,
        @Nullable Long runId,
        @Nullable Boolean all,
        @Nullable Integer days,
        @Nullable Integer canary,
        @Nullable Boolean dryRun,
        @Nullable String reason) {

    AskedDeadLetters asked() {
        return new AskedDeadLetters(
                flow, kind, fingerprint, error, failedFrom, failedBefore, runId == null ? null : runId.toString());
    }

    /** Whether it says of which dead letters it is. */
    boolean isLimited() {
        return id != null
                || flow != null
                || kind != null
                || fingerprint != null
                || error != null
                || failedFrom != null
                || failedBefore != null
                || runId != null;
    }

    /**
     * What came of it.
     *
     * @param records how many were retried or deleted; of a dry run how many would be
     * @param canary whether these are tried first and others follow; null of anything but a retry
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Done(
            String action,
            boolean dryRun,
            long records,
            @Nullable Boolean canary) {}
}
