package io.rpaworker.maintenance;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * When a chore is due again. Each pause is up to a quarter shorter than the interval, at random, so that replicas that
 * were started together do not go on doing it in step.
 */
final class Schedule {

    private final Duration interval;
    private final LongSupplier nanoTime;
    private long dueNanos;

    Schedule(Duration interval, LongSupplier nanoTime) {
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.dueNanos = nanoTime.getAsLong() + random(interval.dividedBy(2));
    }

    /** Whether it is; if so the next pause begins. */
    boolean isDue() {
        long now = nanoTime.getAsLong();
        if (now - dueNanos < 0) {
            return false;
        }
        dueNanos = now + interval.toNanos() - random(interval.dividedBy(4));
        return true;
    }

    /** The chore has more to do: it is due as soon as the others have had their turn. */
    void hurry() {
        dueNanos = nanoTime.getAsLong();
    }

    private static long random(Duration most) {
        return ThreadLocalRandom.current().nextLong(1 + most.toNanos());
    }
}
