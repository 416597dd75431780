package io.rpaworker.bench;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something, but not for ever: a benchmark that hangs tells nobody why. */
final class Patience {

    private final Duration length;
    private final long began = System.nanoTime();

    private Patience(Duration length) {
        this.length = length;
    }

    static Patience of(Duration length) {
        return new Patience(length);
    }

    /**
     * Looks every so often until it is so.
     *
     * @param what for the message if it comes to the end
     */
    void await(String what, Duration pause, BooleanSupplier isSo) throws InterruptedException {
        while (!isSo.getAsBoolean()) {
            check(what);
            Thread.sleep(pause);
        }
    }

    /** Throws if it has come to the end. */
    void check(String what) {
        if (System.nanoTime() - began > length.toNanos()) {
            throw new IllegalStateException("Waited for %s, in vain: %s".formatted(length, what));
        }
    }
}
