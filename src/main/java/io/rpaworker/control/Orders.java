package io.rpaworker.control;

import java.util.Map;
import java.util.Optional;

/**
 * What operators have ordered and is in force.
 *
 * @param pauses by the names of their flows
 * @param cancellations of records that may be under way, by their ids
 * @param askedNanos what the monotonic clock showed before they were asked for
 */
public record Orders(Map<String, FlowPause> pauses, Map<Long, Actor> cancellations, long askedNanos) {

    /** Nothing is ordered. */
    public static final Orders NONE = new Orders(Map.of(), Map.of(), System.nanoTime());

    /**
     * The pause that holds for a flow: of the one that it belongs to, or else of its own, which SQL may have ordered.
     *
     * @param owner the flow that it belongs to; the same for most
     * @return empty if it is not paused
     */
    public Optional<FlowPause> pauseOf(String flow, String owner) {
        FlowPause pause = pauses.get(owner);
        return Optional.ofNullable(pause == null ? pauses.get(flow) : pause);
    }
}
