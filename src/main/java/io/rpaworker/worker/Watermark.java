package io.rpaworker.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the next claim of a flow starts to read. Everything older has been claimed, so reading it again would only find
 * dead rows, and while some session holds an old snapshot these are never cleaned away. Records that are committed late
 * or come back lie before it, so every so often a claim reads from the very start: at least once in the sweep interval,
 * and as often as it takes no more than a tenth of the time.
 *
 * @param <T> how a place is told
 */
final class Watermark<T> {

    private static final int SHARE = 10;

    private final Duration sweepInterval;
    private @Nullable T reached;
    private long sweptAtNanos = System.nanoTime();
    private long sweepNanos;

    Watermark(Duration sweepInterval) {
        this.sweepInterval = sweepInterval;
    }

    /** Where to start; null for the very start. */
    @Nullable
    T next() {
        long pause = Math.min(sweepInterval.toNanos(), SHARE * sweepNanos);
        if (System.nanoTime() - sweptAtNanos >= pause) {
            reached = null;
        }
        return reached;
    }

    /**
     * A claim that started at {@link #next} is over.
     *
     * @param last where the last of its records stood; null if it found none
     * @param nanos how long it took
     */
    void claimed(@Nullable T last, long nanos) {
        if (reached == null) {
            sweptAtNanos = System.nanoTime();
            sweepNanos = nanos;
        }
        if (last != null) {
            reached = last;
        }
    }
}
