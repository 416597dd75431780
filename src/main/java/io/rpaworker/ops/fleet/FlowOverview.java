package io.rpaworker.ops.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.flow.HandledBy;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A flow, as this replica knows it.
 *
 * @param enabled whether this replica is to process it; null if it has no handler for it
 * @param mode distributed or standard; null if it has no handler for it
 * @param handledHere its handler here, whether or not it is enabled; null if there is none
 * @param liveReplicas how many live replicas process it
 * @param hasRecords whether the queue has any of it
 * @param paused since when somebody has paused it, for all replicas; null if nobody has
 * @param waitsFor what replicas wait for before they claim
 * @param settings in force here, by key; null if it has no handler for it
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FlowOverview(
        String flow,
        @Nullable Boolean enabled,
        @Nullable String mode,
        @Nullable HandledBy handledHere,
        long liveReplicas,
        boolean hasRecords,
        @Nullable Pause paused,
        List<Waiting> waitsFor,
        @Nullable SortedMap<String, Value> settings) {

    /**
     * All of them, by name.
     *
     * @param more whether more flows have records than are named
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record All(List<FlowOverview> flows, boolean more) {}

    /**
     * That nothing of a flow is claimed. Who has ordered it, and why, is for who may see actions.
     *
     * @param until when it ends by itself; null for not before it is resumed
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pause(Instant since, @Nullable Instant until) {}

    /**
     * A source that does not answer.
     *
     * @param replica the host that waits for it
     * @param waitingSeconds for how long
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Waiting(String replica, String source, double waitingSeconds) {}

    /**
     * A setting.
     *
     * @param value as a file would have it; null for a limit that there is not
     * @param valueSeconds the same, of a duration
     * @param origin a file and its line, a variable, or default
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Value(
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Object value,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double valueSeconds,

            String origin) {}
}
