package io.rpaworker.control;

import java.util.Map;

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
}
