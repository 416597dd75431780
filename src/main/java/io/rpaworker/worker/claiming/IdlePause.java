package io.rpaworker.worker.claiming;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The pause of a poller that found nothing, which whoever knows better may end. */
final class IdlePause {

    private final Semaphore ended = new Semaphore(0);
    private volatile boolean going;

    /**
     * Takes a pause.
     *
     * @param look how often to look whether it is over before its time
     */
    void take(Duration length, Duration look, BooleanSupplier over) throws InterruptedException {
        long until = System.nanoTime() + length.toNanos();
        going = true;
        try {
            for (long left = length.toNanos(); left > 0; left = until - System.nanoTime()) {
                if (ended.tryAcquire(Math.min(left, look.toNanos()), TimeUnit.NANOSECONDS)) {
                    ended.drainPermits();
                    return;
                }
                if (over.getAsBoolean()) {
                    return;
                }
            }
        } finally {
            going = false;
        }
    }

    /** Ends the pause; the next one if none is going on, since its poll may have come too early. */
    void end() {
        if (ended.availablePermits() == 0) {
            ended.release();
        }
    }

    boolean isGoing() {
        return going;
    }
}
