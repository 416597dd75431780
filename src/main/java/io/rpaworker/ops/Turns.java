package io.rpaworker.ops;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Turns at what only some may do at once. Few wait for theirs, and not for long: whoever waits holds one of the
 * requests that a port answers, and others need one too.
 */
public final class Turns {

    private final Semaphore free;
    private final Semaphore waiting;
    private final Duration patience;

    /**
     * Turns that are all free.
     *
     * @param atOnce how many have a turn at once
     * @param waiting how many more may wait for one
     * @param patience how long they wait
     */
    public Turns(int atOnce, int waiting, Duration patience) {
        this.free = new Semaphore(atOnce, true);
        this.waiting = new Semaphore(waiting);
        this.patience = patience;
    }

    /** Takes a turn; false, and at once, if enough wait already, or later if none has become free. */
    public boolean take() {
        try {
            // Unlike the same without a time, this does not overtake those who wait.
            return free.tryAcquire(0, TimeUnit.NANOSECONDS) || await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives back a turn that was taken, from whatever thread. */
    public void giveBack() {
        free.release();
    }

    private boolean await() throws InterruptedException {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            waiting.release();
        }
    }
}
