package io.rpaworker.maintenance;

import java.util.function.BooleanSupplier;

/** Repeats a bounded batch, but not for so long that the other chores would wait. */
final class BoundedRounds {

    // About a second. A number and not a time, so that a round does the same whenever it is done.
    private static final int MOST = 20;

    private BoundedRounds() {}

    /**
     * Does batches, each in a transaction of its own, until one says that it was the last.
     *
     * @param batch answers whether another one should follow
     * @return whether one should, after the most that one round may do
     */
    static boolean some(BooleanSupplier batch) {
        for (int done = 0; done < MOST && !Thread.currentThread().isInterrupted(); done++) {
            if (!batch.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }
}
