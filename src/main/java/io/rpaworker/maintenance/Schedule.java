package io.rpaworker.maintenance;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * When a chore is due again. Each pause is up to a quarter shorter than the interval, at random, so that replicas that
 * were started together do not go on doing it in step.
 */
final class Schedule {

    private final Supplier<Duration> interval;
    private final LongSupplier nanoTime;
    private Duration current;
    private long dueNanos;

    Schedule(Supplier<Duration> interval, LongSupplier nanoTime) {
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.current = interval.get();
        this.dueNanos = nanoTime.getAsLong() + random(current.dividedBy(2));
    }

    /** Whether it is; if so the next pause begins. */
    boolean isDue() {
        long now = nanoTime.getAsLong();
        Duration asked = interval.get();
        // Whoever leads from now on does not wait for the end of a follower's pause.
        if (asked.equals(current) && now - dueNanos < 0) {
            return false;
        }
        current = asked;
        dueNanos = now + asked.toNanos() - random(asked.dividedBy(4));
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
