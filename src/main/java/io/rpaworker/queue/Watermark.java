package io.rpaworker.queue;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the next claim of a flow starts to read. Everything older has been claimed, so reading it again would only find
 * dead rows, and while some session holds an old snapshot these are never cleaned away. Records that are committed late
 * or come back lie before it, so every so often a claim reads from the very start: at least once in the sweep interval,
 * and as often as it takes no more than a tenth of the time. Claims may overlap.
 *
 * @param <T> how a place is told
 */
public final class Watermark<T extends Comparable<T>> {

    private static final int SHARE = 10;

    private final Duration sweepInterval;
    private final LongSupplier nanoTime;
    private @Nullable T reached;
    private boolean sweeping;
    private long sweptAtNanos;
    private long sweepNanos;

    /**
     * Nothing has been reached.
     *
     * @param sweepInterval from one reading from the very start to the next
     * @param nanoTime the monotonic clock
     */
    public Watermark(Duration sweepInterval, LongSupplier nanoTime) {
        this.sweepInterval = sweepInterval;
        this.nanoTime = nanoTime;
        this.sweptAtNanos = nanoTime.getAsLong();
    }

    /** Where to start; null for the very start, which one claim at a time is told unless nothing has been reached. */
    public synchronized @Nullable T next() {
        long pause = Math.min(sweepInterval.toNanos(), SHARE * sweepNanos);
        if (!sweeping && nanoTime.getAsLong() - sweptAtNanos >= pause) {
            sweeping = true;
            return null;
        }
        return reached;
    }

    /**
     * A claim is over.
     *
     * @param start what {@link #next} has told it
     * @param last where the last of its records stood; null if it found none
     * @param nanos how long it took
     */
    public synchronized void claimed(@Nullable T start, @Nullable T last, long nanos) {
        if (start == null) {
            sweeping = false;
            sweptAtNanos = nanoTime.getAsLong();
            sweepNanos = nanos;
            // What it has left, in a full batch, comes before what others have reached.
            reached = last;
        } else if (last != null && !isBefore(start) && isBefore(last)) {
            reached = last;
        }
    }

    /** A claim that was told to start there got no answer. */
    public synchronized void unanswered(@Nullable T start) {
        if (start == null) {
            sweeping = false;
        }
    }

    private boolean isBefore(T place) {
        return reached == null || reached.compareTo(place) < 0;
    }
}
