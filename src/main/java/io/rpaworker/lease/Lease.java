package io.rpaworker.lease;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time during which this process holds a lease under one identity, and how long it may believe so without asking
 * the database again.
 *
 * <p>Counted from before the heartbeat was sent, so that a slow answer shortens the window instead of stretching it;
 * and in monotonic time, so that a corrected wall clock cannot stretch it either.
 */
public final class Lease {

    // A part of the lease, for stopping in time.
    private static final int MARGIN = 6;

    private final WorkerInstance instance;
    private final Duration trust;
    private final LongSupplier nanoTime;
    private volatile long trustedUntilNanos;
    private volatile boolean over;

    /**
     * A lease that has just begun.
     *
     * @param lease for how long PostgreSQL gives it
     * @param nanoTime the monotonic clock
     * @param askedAtNanos what it showed before the first heartbeat was sent
     */
    public Lease(WorkerInstance instance, Duration lease, LongSupplier nanoTime, long askedAtNanos) {
        this.instance = instance;
        this.trust = lease.minus(lease.dividedBy(MARGIN));
        this.nanoTime = nanoTime;
        this.trustedUntilNanos = askedAtNanos + trust.toNanos();
    }

    public WorkerInstance instance() {
        return instance;
    }

    /**
     * A heartbeat has succeeded.
     *
     * @return false if the lease was over by then: work has been dropped that only a new identity's sweep can find
     */
    public boolean renewed(long askedAtNanos) {
        if (!isTrusted()) {
            return false;
        }
        trustedUntilNanos = askedAtNanos + trust.toNanos();
        return true;
    }

    public void end() {
        over = true;
    }

    /** Whether work may start, and settle, under this identity. Once it may not, it never may again. */
    public boolean isTrusted() {
        // Whoever asks too late ends it: it drops work then, and a heartbeat that is just being answered must not
        // prolong what somebody has given up.
        if (!over && nanoTime.getAsLong() - trustedUntilNanos >= 0) {
            end();
        }
        return !over;
    }
}
