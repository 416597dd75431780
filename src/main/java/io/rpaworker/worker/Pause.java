package io.rpaworker.worker;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The pause of a poller that found nothing, which whoever knows better may end. */
final class Pause {

    private final Semaphore ended = new Semaphore(0);
    private volatile boolean going;

    void take(Duration length) throws InterruptedException {
        going = true;
        try {
            if (ended.tryAcquire(length.toNanos(), TimeUnit.NANOSECONDS)) {
                ended.drainPermits();
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
