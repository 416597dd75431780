package io.rpaworker.faults;

import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** How long the faults last, and the dice; both come from system properties, so that a run can be repeated. */
final class Chaos {

    private final long untilNanos;

    private Chaos(Duration duration) {
        this.untilNanos = System.nanoTime() + duration.toNanos();
    }

    /** Faults for {@code seconds}, or for as long as {@code rpa.faults.seconds} says. */
    static Chaos lasting(int seconds) {
        return new Chaos(Duration.ofSeconds(seconds(seconds)));
    }

    static int seconds(int seconds) {
        return Integer.getInteger("rpa.faults.seconds", seconds);
    }

    /** So many seconds, or as many as the property {@code rpa.faults.<name>-seconds} says. */
    static int seconds(String name, int seconds) {
        return Integer.getInteger("rpa.faults." + name + "-seconds", seconds);
    }

    /** Dice whose seed is printed, and given as {@code rpa.faults.seed}. */
    static RandomGenerator dice(String name) {
        long seed = Long.getLong("rpa.faults.seed", System.nanoTime());
        FaultLedger.report(name, "seed " + seed);
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    boolean goesOn() {
        return System.nanoTime() - untilNanos < 0;
    }

    /** The pace of the faults; nothing is waited for. */
    static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
