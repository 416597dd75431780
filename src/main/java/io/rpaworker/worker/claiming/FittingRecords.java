package io.rpaworker.worker.claiming;

/**
 * How many records are likely to fit into a claim's bytes, by what the last claim held. How long a compressed payload
 * is shows only when it is read, and what does not fit is released again, so that not many more are to be asked for.
 */
final class FittingRecords {

    // The next payloads may be smaller.
    private static final int HEADROOM = 2;

    private final long maxBytes;
    private int records = Integer.MAX_VALUE;

    /**
     * Any number, until a claim tells.
     *
     * @param maxBytes of the payloads of a claim
     */
    FittingRecords(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** So many at most, at least 1. */
    int atMost(int wanted) {
        return Math.min(wanted, records);
    }

    /** So many records were claimed, with payloads of so many bytes. */
    void claimed(int claimed, long bytes) {
        records = (int) Math.clamp((double) HEADROOM * maxBytes * claimed / Math.max(1, bytes), 1, Integer.MAX_VALUE);
    }
}
