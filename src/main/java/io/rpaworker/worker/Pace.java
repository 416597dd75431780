package io.rpaworker.worker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a flow's records are so quick that one thread after the other should be woken for them, and only as long as
 * the records do not get fewer by themselves: to wake sixteen for a hundred records that are done within half a
 * millisecond costs a quarter of the drain.
 */
final class Pace {

    /** How long the threads that are awake are given to show what they can do. */
    static final Duration TRIAL = Duration.ofMillis(1);

    private static final Duration QUICK = Duration.ofNanos(25_000);
    private static final int LEAST_IN_A_TRIAL = (int) TRIAL.dividedBy(QUICK);

    private final AtomicInteger slow = new AtomicInteger();
    private volatile boolean quick;

    /** Whether to wake one thread at a time. Not before a claim has shown it. */
    boolean isQuick() {
        return quick;
    }

    /** One record was handled. */
    void handled(long nanos) {
        if (nanos >= QUICK.toNanos()) {
            slow.incrementAndGet();
        }
    }

    /** So many records were begun within a trial. */
    void tried(int records) {
        if (records < LEAST_IN_A_TRIAL) {
            quick = false;
        }
    }

    /** A claim has been handed out: it says what the next one is taken for. Some records are slow by mere chance. */
    void handedOut(int records) {
        quick = slow.getAndSet(0) * 4 < records;
    }
}
