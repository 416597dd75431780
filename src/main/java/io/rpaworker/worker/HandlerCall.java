package io.rpaworker.worker;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One call of a handler, for one record or a batch, and the slot that it holds until its thread has really ended. */
final class HandlerCall {

    private final List<InFlightRecord> works;
    private final Runnable leaving;
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable Thread thread;
    private volatile long startedNanos = System.nanoTime();
    private volatile boolean overdue;
    private volatile @Nullable String fate;

    /**
     * A call that is to come.
     *
     * @param leaving told once if the call is given up
     */
    HandlerCall(List<InFlightRecord> works, Runnable leaving) {
        this.works = works;
        this.leaving = leaving;
    }

    /** Gives up on a call that goes on although it was interrupted, unless it has ended. */
    void giveUp() {
        if (over.compareAndSet(false, true)) {
            leaving.run();
        }
    }

    /** Whether it is given up, or has ended. */
    boolean isOver() {
        return over.get();
    }

    List<InFlightRecord> works() {
        return works;
    }

    /** What became of its records, once that was decided without it. */
    Optional<String> fate() {
        return Optional.ofNullable(fate);
    }

    /** Its records are taken from it. */
    void decided(String becameOfThem) {
        fate = becameOfThem;
    }

    /** What an operator sees of it. */
    Hanging hanging() {
        return new Hanging(
                works.stream().map(it -> it.record().id()).toList(),
                works.getFirst().attempt(),
                Duration.ofNanos(nanos()),
                isOver());
    }

    /** Where its thread is at this moment; empty if it has ended. */
    synchronized Optional<CallStack> stack() {
        return Optional.ofNullable(thread).map(CallStack::of);
    }

    /** Whether the handler may still be called for its records. */
    boolean isTrusted() {
        return works.getFirst().claim().isTrusted();
    }

    /** The calling thread runs this call from now on. */
    synchronized void begin() {
        thread = Thread.currentThread();
        restart();
    }

    /**
     * The calling thread is done with this call, and does not keep an interrupt that was meant for it.
     *
     * @return false if it had been given up before
     */
    synchronized boolean end() {
        thread = null;
        Thread.interrupted();
        return over.compareAndSet(false, true);
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

    /** Whether its handler has called {@link System#exit}. */
    synchronized boolean hasCalledExit() {
        return thread != null && SystemExit.isCalledBy(thread);
    }

    synchronized void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
