package io.rpaworker.maintenance;

/**
 * Where a walk over the ids has come to. It goes from the smallest id up, and once more from zero if it has ended
 * below: a sequence that ran out may have begun anew at the other end, so that ids below zero are the younger ones.
 */
final class RetentionWalk {

    private long from = Long.MIN_VALUE;
    private boolean underWay;

    /** Begins at the smallest id, unless the walk is under way already; answers whether it has begun. */
    boolean begin() {
        if (underWay) {
            return false;
        }
        underWay = true;
        from = Long.MIN_VALUE;
        return true;
    }

    /** The first id of the next window. */
    long from() {
        return from;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** A window is done: whether the next may hold something that is old enough, and the last id of this one. */
    void goOn(long reached, boolean more) {
        if (more && reached < Long.MAX_VALUE) {
            from = reached + 1;
        } else if (reached < 0) {
            from = 0;
        } else {
            underWay = false;
        }
    }
}
