package io.rpaworker.worker;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where the next claim of a flow starts to read. Everything older has been claimed, so reading it again would only find
 * dead rows, and while some session holds an old snapshot these are never cleaned away. Records that are committed late
 * or come back lie before it: every so often a claim reads from the very start.
 */
final class Watermark {

    private final Duration sweepInterval;
    private @Nullable Instant reached;
    private long sweptAtNanos = System.nanoTime();

    Watermark(Duration sweepInterval) {
        this.sweepInterval = sweepInterval;
    }

    /** Where to start; null for the very start. */
    @Nullable
    Instant next() {
        if (reached != null && System.nanoTime() - sweptAtNanos < sweepInterval.toNanos()) {
            return reached;
        }
        sweptAtNanos = System.nanoTime();
        reached = null;
        return null;
    }

    /** A claim that started at {@link #next} went as far as this. */
    void reached(Instant availableAt) {
        reached = availableAt;
    }
}
