package io.rpaworker.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One call of a handler, for one record or a batch, and the slot that it holds until its thread has really ended. */
final class Call {

    private final List<Work> works;
    private final Runnable leaving;
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    private volatile long startedNanos = System.nanoTime();
    private volatile boolean overdue;

    /**
     * A call that is to come.
     *
     * @param leaving told once, when the call has ended or is given up
     */
    Call(List<Work> works, Runnable leaving) {
        this.works = works;
        this.leaving = leaving;
    }

    /** The call has ended or is given up. */
    void leave() {
        if (left.compareAndSet(false, true)) {
            leaving.run();
        }
    }

    /** Whether it has ended or is given up. */
    boolean hasLeft() {
        return left.get();
    }

    List<Work> works() {
        return works;
    }

    /** The calling thread runs this call from now on. */
    void begin() {
        thread = Thread.currentThread();
        restart();
    }

    /** Gives the call its time anew: a part of its batch is tried again. */
    void restart() {
        overdue = false;
        startedNanos = System.nanoTime();
    }

    long nanos() {
        return System.nanoTime() - startedNanos;
    }

    boolean hasRunFor(Duration time) {
        return nanos() >= time.toNanos();
    }

    /** Whether it was interrupted for taking too long. */
    boolean isOverdue() {
        return overdue;
    }

    void interruptAsOverdue() {
        overdue = true;
        interrupt();
    }

    void interrupt() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
