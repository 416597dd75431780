package io.rpaworker.condition;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.breaker.Awaited;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What hinders a flow on one replica. Durations are by the replica's monotonic clock.
 *
 * @param flow its name
 * @param awaited sources that it waits for before it claims
 * @param hanging calls that take too long, the longest first; some of them if there are many
 * @param slots most calls at once
 * @param stuck slots whose call was given up and goes on all the same
 * @param obeys the pause that the replica obeys, by when it was ordered: it claims nothing, and has the answer to every
 *     claim. Null if the flow is not paused, or the replica does not know it yet
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FlowCondition(
        String flow,
        List<Awaited> awaited,
        List<Hanging> hanging,
        int slots,
        int stuck,
        @Nullable Instant obeys) {

    // What a replica of another release has left out is nothing.
    public FlowCondition {
        Objects.requireNonNull(flow);
        awaited = awaited == null ? List.of() : List.copyOf(awaited);
        hanging = hanging == null ? List.of() : List.copyOf(hanging);
    }

    /** Whether anything hinders the flow. That somebody has paused it is no hindrance. */
    @JsonIgnore
    public boolean isHindered() {
        return !awaited.isEmpty() || !hanging.isEmpty() || stuck > 0;
    }

    /** Whether no call of its handler can start any more. */
    @JsonIgnore
    public boolean isAllStuck() {
        return stuck > 0 && stuck >= slots;
    }

    /** The same, so much later. */
    FlowCondition after(Duration time) {
        return new FlowCondition(
                flow,
                awaited.stream()
                        .map(it -> new Awaited(it.source(), it.waiting().plus(time), it.reason()))
                        .toList(),
                hanging.stream()
                        .map(it -> new Hanging(
                                it.records(),
                                it.more(),
                                it.attempt(),
                                it.runningFor().plus(time),
                                it.stuck()))
                        .toList(),
                slots,
                stuck,
                obeys);
    }

    /** Whether it says the same as another one, whenever either was told. */
    boolean isLike(FlowCondition other) {
        return timeless().equals(other.timeless());
    }

    private FlowCondition timeless() {
        return new FlowCondition(
                flow,
                awaited.stream()
                        .map(it -> new Awaited(it.source(), Duration.ZERO, it.reason()))
                        .toList(),
                hanging.stream()
                        .map(it -> new Hanging(it.records(), it.more(), it.attempt(), Duration.ZERO, it.stuck()))
                        .toList(),
                slots,
                stuck,
                obeys);
    }
}
