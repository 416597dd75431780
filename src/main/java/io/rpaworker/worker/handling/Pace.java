package io.rpaworker.worker.handling;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many threads a claim's records are worth. To wake sixteen for a hundred records that one of them handles within
 * half a millisecond costs a quarter of the drain: where the last claim's were that quick, one thread after the other
 * is woken, and only as long as the records do not get fewer by themselves.
 */
final class Pace {

    /** How long the threads that are awake are given to show what they can do. */
    static final Duration TRIAL = Duration.ofMillis(1);

    private static final Duration QUICK = Duration.ofNanos(25_000);
    private static final int LEAST_IN_A_TRIAL = (int) TRIAL.dividedBy(QUICK);

    private final AtomicInteger slow = new AtomicInteger();
    private volatile boolean quick;

    /** How many threads to wake for a claim before the first trial: all, until a claim has shown that one will do. */
    int atFirst() {
        return quick ? 1 : Integer.MAX_VALUE;
    }

    /**
     * How many threads are to be awake after a trial that has left records.
     *
     * @param awake how many had the trial
     * @param begun how many records were begun in it; few may be chance, as the machine has others to serve, so that
     *     slow records get their threads within five trials and not at once
     */
    int after(int awake, int begun) {
        return begun < LEAST_IN_A_TRIAL ? 2 * awake : awake + 1;
    }

    /** One record was handled. */
    void handled(long nanos) {
        if (nanos >= QUICK.toNanos()) {
            slow.incrementAndGet();
        }
    }

    /** A claim has been handed out: it says what the next one is taken for. Some records are slow by mere chance. */
    void handedOut(int records) {
        quick = slow.getAndSet(0) * 4 < records;
    }
}
