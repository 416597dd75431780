package io.rpaworker.worker;

import java.util.concurrent.TimeUnit;

/**
 * How many records to claim next: about a second's work. A replica that held more of a slow flow would keep it from the
 * others, would have more to give back when it stops, and would leave more suspects when it dies.
 */
final class ClaimSize {

    private static final double NANOS_OF_WORK = TimeUnit.SECONDS.toNanos(1);

    private final int least;
    private final int most;
    private volatile int next;

    /**
     * Starts small, and grows as soon as the first records turn out to be quick.
     *
     * @param concurrency fewer than this would leave slots idle
     * @param batchSize never more than this
     * @param whole whether the handler takes whole batches: then it always gets them
     */
    ClaimSize(int concurrency, int batchSize, boolean whole) {
        this.least = whole ? batchSize : Math.min(concurrency, batchSize);
        this.most = batchSize;
        this.next = least;
    }

    int next() {
        return next;
    }

    /** So many records were handed out in so much time. */
    void dispatched(int records, long nanos) {
        double inTime = records * NANOS_OF_WORK / Math.max(1, nanos);
        next = (int) Math.clamp(inTime, least, most);
    }
}
