package io.rpaworker.worker.inflight;

import java.util.concurrent.TimeUnit;

/**
 * How many records to claim next: about a second's work. A replica that held more of a slow flow would keep it from the
 * others, would have more to release when it stops, and would leave more orphans when it dies. Nor many more than fit
 * into a claim: how long a compressed payload is shows only when it is read, and what does not fit is released.
 */
public final class BatchSize {

    private static final double NANOS_OF_WORK = TimeUnit.SECONDS.toNanos(1);
    // The next payloads may be smaller.
    private static final int HEADROOM = 2;

    private final int least;
    private final int most;
    private final long maxBytes;
    private volatile int next;
    private volatile int fitting = Integer.MAX_VALUE;

    /**
     * Starts small, and grows as soon as the first records turn out to be quick.
     *
     * @param concurrency fewer than this would leave slots idle
     * @param batchSize never more than this
     * @param whole whether the handler takes whole batches: then it gets them, as far as they fit
     * @param maxBytes of the payloads of a claim
     */
    BatchSize(int concurrency, int batchSize, boolean whole, long maxBytes) {
        this.least = whole ? batchSize : Math.min(concurrency, batchSize);
        this.most = batchSize;
        this.maxBytes = maxBytes;
        this.next = least;
    }

    public int next() {
        return Math.min(next, fitting);
    }

    /** So many records were claimed, with payloads of so many bytes. */
    public void claimed(int records, long bytes) {
        fitting = (int) Math.clamp((double) HEADROOM * maxBytes * records / Math.max(1, bytes), 1, Integer.MAX_VALUE);
    }

    /** Whether batches of the last claim's payloads take a quarter of a claim's bytes at most. */
    public boolean isLight() {
        return fitting / 4 >= (long) HEADROOM * most;
    }

    /** So many records were handed out in so much time. */
    public void dispatched(int records, long nanos) {
        double inTime = records * NANOS_OF_WORK / Math.max(1, nanos);
        next = (int) Math.clamp(inTime, least, most);
    }
}
