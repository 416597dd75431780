package io.rpaworker.worker;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the next claim of a flow starts to read. Everything older has been claimed, so reading it again would only find
 * dead rows, and while some session holds an old snapshot these are never cleaned away. Records that are committed late
 * or come back lie before it, so every so often a claim reads from the very start: at least once in the sweep interval,
 * and as often as it takes no more than a tenth of the time. On a healthy table that is nearly always.
 */
final class Watermark {

    private static final int SHARE = 10;

    private final Duration sweepInterval;
    private @Nullable Instant reached;
    private long sweptAtNanos = System.nanoTime();
    private long sweepNanos;

    Watermark(Duration sweepInterval) {
        this.sweepInterval = sweepInterval;
    }

    /** Where to start; null for the very start. */
    @Nullable
    Instant next() {
        long pause = Math.min(sweepInterval.toNanos(), SHARE * sweepNanos);
        if (System.nanoTime() - sweptAtNanos >= pause) {
            reached = null;
        }
        return reached;
    }

    /**
     * A claim that started at {@link #next} is over.
     *
     * @param last when the last of its records became available; null if it found none
     * @param nanos how long it took
     */
    void claimed(@Nullable Instant last, long nanos) {
        if (reached == null) {
            sweptAtNanos = System.nanoTime();
            sweepNanos = nanos;
        }
        if (last != null) {
            reached = last;
        }
    }
}
