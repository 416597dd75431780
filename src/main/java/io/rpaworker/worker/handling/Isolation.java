package io.rpaworker.worker.handling;

import io.rpaworker.flow.FlowRegistry;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Lets a suspect run while no other call runs in this process, so that a crash can be put down to it. Entering costs an
 * atomic increment; only a suspect makes anybody wait.
 */
@Component
class Isolation {

    // A notification between the last one's leaving and our wait must not cost all the patience.
    private static final long SLICE_MILLIS = 20;

    private final IsolationBackoff backoff;
    private final AtomicInteger inside = new AtomicInteger();
    private Duration waited = Duration.ZERO;
    private volatile boolean alone;

    @Autowired
    Isolation(FlowRegistry flows) {
        this(new IsolationBackoff(longestCall(flows), System.nanoTime()));
    }

    Isolation(IsolationBackoff backoff) {
        this.backoff = backoff;
    }

    /** Waits until no suspect runs or wants to; false if that took too long. */
    boolean enter(Duration bound) throws InterruptedException {
        long until = System.nanoTime() + bound.toNanos();
        while (true) {
            inside.incrementAndGet();
            if (!alone) {
                return true;
            }
            leave();
            synchronized (this) {
                while (alone) {
                    long left = until - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    TimeUnit.NANOSECONDS.timedWait(this, left);
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

    /** Whether a suspect runs or wants to: who is inside should leave when it can. */
    boolean isWanted() {
        return alone;
    }

    /** Whether a suspect may try to be alone: no other one does, and the last one has left the others their time. */
    synchronized boolean isOpenToSuspects() {
        return !alone && backoff.isRestedAt(System.nanoTime());
    }

    /**
     * Waits until nobody is inside, keeping others from entering meanwhile.
     *
     * @param goesOn whether the suspect may still start; asked again and again
     * @return false if it may not, if that took too long, which is a try in vain, or if it is not open to suspects
     */
    synchronized boolean enterAlone(BooleanSupplier goesOn) throws InterruptedException {
        if (!isOpenToSuspects()) {
            return false;
        }
        long began = System.nanoTime();
        boolean entered = false;
        boolean mayStart = goesOn.getAsBoolean();
        waited = Duration.ZERO;
        alone = true;
        try {
            while (mayStart && inside.get() > 0 && waited.compareTo(backoff.next()) < 0) {
                wait(SLICE_MILLIS);
                waited = Duration.ofNanos(System.nanoTime() - began);
                mayStart = goesOn.getAsBoolean();
            }
            entered = mayStart && inside.get() == 0;
            return entered;
        } finally {
            if (mayStart && !entered) {
                lost();
            }
            if (!entered) {
                open();
            }
        }
    }

    /**
     * Lets the others in again.
     *
     * @param ran whether the suspect has run; otherwise it has been a try in vain
     */
    synchronized void leaveAlone(boolean ran) {
        if (ran) {
            backoff.rewarded(waited, System.nanoTime());
        } else {
            lost();
        }
        open();
    }

    private void lost() {
        backoff.lost(waited, System.nanoTime(), ThreadLocalRandom.current());
    }

    private void open() {
        alone = false;
        notifyAll();
    }

    private static Duration longestCall(FlowRegistry flows) {
        return flows.distributed().stream()
                .map(CallWatch::longest)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }
}
