package io.rpaworker.maintenance;

import org.jspecify.annotations.Nullable;

/**
 * Where a walk over the ids has come to. It goes from the smallest id up that may ever be deleted. What was adopted has
 * a time of its own, so that the walk begins anew behind it where nothing more of it is old enough; and once more at
 * zero if it has ended below: a sequence that ran out may have begun anew at the other end, so that ids below zero are
 * the younger ones.
 */
final class RetentionWalk {

    private long from = Long.MIN_VALUE;
    private boolean underWay;

    /** Begins at the first id, unless the walk is under way already; answers whether it has begun. */
    boolean begin(long first) {
        if (underWay) {
            return false;
        }
        underWay = true;
        from = first;
        return true;
    }

    /** The first id of the next window. */
    long from() {
        return from;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /**
     * A window is done: whether the next may hold something that is old enough, and the last id of this one.
     *
     * @param lastAdopted the last id of what was adopted, null if nothing was
     */
    void goOn(long reached, boolean more, @Nullable Long lastAdopted) {
        if (more && reached < Long.MAX_VALUE) {
            from = reached + 1;
        } else if (lastAdopted != null && from <= lastAdopted && lastAdopted < Long.MAX_VALUE) {
            from = lastAdopted + 1;
        } else if (reached < 0) {
            from = 0;
        } else {
            underWay = false;
        }
    }
}
