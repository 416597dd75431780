package io.rpaworker.ops.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.control.FlowPause;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What an operator orders about a flow, in his words.
 *
 * @param action pause, resume or drain
 * @param flow which one
 * @param until when a pause ends by itself, in ISO format with its zone; null for not before the flow is resumed
 * @param waitSeconds how long a drain waits for what is in flight, 0 to 60; 20 if it is null
 * @param reason why; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record FlowOrder(
        @Nullable String action,
        @Nullable String flow,
        @Nullable String until,
        @Nullable Integer waitSeconds,
        @Nullable String reason) {

    /** The same about the flow of this name. */
    public FlowOrder of(String name) {
        return new FlowOrder(action, name, until, waitSeconds, reason);
    }

    /**
     * What came of it.
     *
     * @param changed false if a flow was to be resumed that was not paused
     * @param pausedUntil null for not before it is resumed, or if it is not paused
     * @param inFlight how many of its records, and of what its runs have beside it, are claimed and not settled, over
     *     all replicas; Python workers' do not count
     * @param drained of a drain, whether none is and none will be; null of anything else
     * @param notObeying of a drain, live replicas that have not told yet that they obey the pause; one of a release
     *     that knows no pauses never does
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Done(
            String flow,
            String action,
            boolean changed,
            boolean paused,
            @Nullable String pausedBy,
            @Nullable Instant pausedSince,
            @Nullable Instant pausedUntil,
            @Nullable String reason,
            int inFlight,
            @Nullable Boolean drained,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notObeying) {

        static Done of(String flow, String action, boolean changed, @Nullable FlowPause pause, int inFlight) {
            return new Done(
                    flow,
                    action,
                    changed,
                    pause != null,
                    pause == null ? null : pause.by(),
                    pause == null ? null : pause.since(),
                    pause == null ? null : pause.until(),
                    pause == null ? null : pause.reason(),
                    inFlight,
                    null,
                    List.of());
        }

        Done drained(boolean isDrained, List<String> disobeying) {
            return new Done(
                    flow,
                    action,
                    changed,
                    paused,
                    pausedBy,
                    pausedSince,
                    pausedUntil,
                    reason,
                    inFlight,
                    isDrained,
                    disobeying);
        }
    }
}
