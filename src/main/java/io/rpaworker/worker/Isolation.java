package io.rpaworker.worker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/**
 * Lets a suspect run while no other call runs in this process, so that a crash can be put down to it. Entering costs an
 * atomic increment; only a suspect makes anybody wait.
 */
@Component
class Isolation {

    // A notification between the last one's leaving and our wait must not cost all the patience.
    private static final long SLICE_MILLIS = 20;

    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean alone;

    Isolation() {}

    /** Waits until no suspect runs or wants to. */
    void enter() throws InterruptedException {
        while (true) {
            inside.incrementAndGet();
            if (!alone) {
                return;
            }
            leave();
            synchronized (this) {
                while (alone) {
                    wait();
                }
            }
        }
    }

    void leave() {
        if (inside.decrementAndGet() == 0 && alone) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Waits until nobody is inside, keeping others from entering meanwhile; false if that took too long. */
    synchronized boolean enterAlone(Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        while (alone) {
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            wait(SLICE_MILLIS);
        }
        alone = true;
        while (inside.get() > 0) {
            if (System.nanoTime() - until >= 0) {
                leaveAlone();
                return false;
            }
            wait(SLICE_MILLIS);
        }
        return true;
    }

    synchronized void leaveAlone() {
        alone = false;
        notifyAll();
    }
}
