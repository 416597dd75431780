package io.rpaworker.worker;

import io.rpaworker.condition.Hanging;
import io.rpaworker.flow.HandledBy;
import java.time.Duration;
import java.util.List;

/**
 * What an operator sees of a flow that this process runs. Each slot is busy, stuck or free.
 *
 * @param flow its name
 * @param handledBy its handler, and the jar that it comes in
 * @param slots most calls of its handler at once
 * @param busy slots whose call is within its time
 * @param stuck slots whose call was interrupted for taking too long and goes on all the same
 * @param sinceLastPoll how long ago its poll loop last came round, whether or not the database answered
 * @param hanging its calls that take too long, the longest first; some of them if there are many
 * @param restartWhenStuck whether this process is to be restarted once all slots are stuck, whatever its other flows do
 * @param lentFor for how long its author's code, a {@code write}, a probe or a rule, has kept a thread of the worker's;
 *     zero if none does
 * @param problems what its handler does that somebody has to mend; empty if nothing is known
 */
public record FlowState(
        String flow,
        HandledBy handledBy,
        int slots,
        int busy,
        int stuck,
        Duration sinceLastPoll,
        List<Hanging> hanging,
        boolean restartWhenStuck,
        Duration lentFor,
        List<String> problems) {

    /** Whether no call of its handler can start any more. */
    public boolean isAllStuck() {
        return stuck >= slots;
    }
}
