package io.rpaworker.worker.handling;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * How many records to claim at this moment: one call's for each free slot, and what the slots are likely to finish
 * within {@code claim-ahead}. A replica that held more of a slow flow would keep it from the others, would have more to
 * release when it stops, and would leave more orphans when it dies.
 */
final class Demand {

    // A few of the latest calls of each slot.
    private static final int CALLS_OF_A_SLOT = 2;
    private static final int LEAST_CALLS = 8;
    private static final double MANY = 1_000_000;
    private static final int FEW_OF_ALL = 16;

    private final Supplier<HandlerSlots.Use> use;
    private final int slots;
    private final HandlingTime time;
    private final Duration ahead;
    private final int most;
    private final int perCall;

    /**
     * None yet: begins with a call for each slot, since nothing is known of how long they take.
     *
     * @param use what the slots are at, where a call is old once it has run for {@code ahead}
     * @param slots how many there are
     * @param ahead zero for nothing ahead
     * @param batchSize most records of a claim
     * @param whole whether a call takes a whole claim: then it is always of {@code batchSize}
     */
    Demand(Supplier<HandlerSlots.Use> use, int slots, Duration ahead, int batchSize, boolean whole) {
        this.use = use;
        this.slots = slots;
        this.time = new HandlingTime(Math.max(LEAST_CALLS, CALLS_OF_A_SLOT * slots));
        this.ahead = ahead;
        this.most = batchSize;
        this.perCall = whole ? batchSize : 1;
    }

    /** A call for so many records has ended. */
    void handled(int records, long nanos) {
        time.handled(records, nanos);
    }

    /** What comes next may be of another kind: there was nothing to do for a while. */
    void forget() {
        time.forget();
    }

    /**
     * How many records to claim.
     *
     * @param waiting calls whose records are claimed and have not begun
     * @return zero for none yet: what is ahead is claimed in two halves, not record by record
     */
    int records(int waiting) {
        HandlerSlots.Use now = use.get();
        long target = now.free() + ahead(now);
        long missing = target - waiting;
        boolean worthIt = missing > 0 && (waiting == 0 || 2 * missing >= target || missing * perCall >= most);
        return worthIt ? (int) Math.min(missing * perCall, most) : 0;
    }

    /**
     * Whether a moment's patience is likely to make one claim of many: of hundreds of slots one is free every few
     * milliseconds, and a claim for one record takes as long as one for a hundred.
     */
    boolean isWorthAMoment(int records) {
        return perCall == 1 && records > 0 && records < Math.min(most, slots / FEW_OF_ALL);
    }

    // A call that has run for that long already will not make room for another one in time, for all one knows, and says
    // nothing of how quick the others are.
    private long ahead(HandlerSlots.Use now) {
        double call = time.mean(now.youngNanos()) * perCall;
        long nanos = ahead.toNanos();
        return call > (double) nanos
                ? 0
                : (long) Math.min(MANY, (double) now.moving() * (double) nanos / Math.max(1, call));
    }
}
