package io.rpaworker.loop;

import java.time.Duration;

/**
 * A thread of the worker's own that is to come round for as long as the process lives. It says itself when it will do
 * so next; one that does not know of any loop, as in a test, says so to nobody.
 */
public final class Loop {

    private static final ScopedValue<Loop> CURRENT = ScopedValue.newInstance();

    private final Thread thread;
    private volatile boolean mayEnd;
    private volatile boolean waiting;
    private volatile long dueNanos = System.nanoTime();
    private volatile boolean lent;
    private volatile long lentNanos;

    Loop(String name, Runnable work) {
        thread = Thread.ofPlatform()
                .daemon()
                .name("rpa-" + name)
                .unstarted(() -> ScopedValue.where(CURRENT, this).run(work));
    }

    void start() {
        dueNanos = System.nanoTime();
        thread.start();
    }

    /** The current thread's loop comes round, and is to do so again after {@code pause}. */
    public static void comesRound(Duration pause) {
        if (CURRENT.isBound()) {
            Loop loop = CURRENT.get();
            loop.dueNanos = System.nanoTime() + pause.toNanos();
            loop.waiting = false;
        }
    }

    /** The current thread's loop waits for something to do, which may take any time. */
    public static void waits() {
        if (CURRENT.isBound()) {
            CURRENT.get().waiting = true;
        }
    }

    /** The current thread's loop runs code that is not the worker's from now on, or does so no longer. */
    public static void lend(boolean lent) {
        if (CURRENT.isBound()) {
            Loop loop = CURRENT.get();
            loop.lentNanos = System.nanoTime();
            loop.lent = lent;
        }
    }

    /** For how long code that is not the worker's has kept it from coming round; zero if none does. */
    public Duration lentFor() {
        return lent && !mayEnd ? Duration.ofNanos(System.nanoTime() - lentNanos) : Duration.ZERO;
    }

    /** From now on its end is no loss, and neither is its coming late. */
    public void letEnd() {
        mayEnd = true;
    }

    /** Interrupts it, so that it ends. */
    public void stop() {
        letEnd();
        thread.interrupt();
    }

    /** Waits for its end, for so long at most. */
    public void await(Duration patience) throws InterruptedException {
        thread.join(patience);
    }

    /** Its thread. */
    public Thread thread() {
        return thread;
    }

    boolean hasDied() {
        return !mayEnd && !thread.isAlive();
    }

    /**
     * By how much it is late; zero while it is in time, while it waits for something or for code that is not the
     * worker's, and once it may end.
     */
    Duration overdue() {
        long late = System.nanoTime() - dueNanos;
        return waiting || lent || mayEnd || late < 0 ? Duration.ZERO : Duration.ofNanos(late);
    }
}
