package io.rpaworker.history;

import java.util.Arrays;

/** Adds up {@link Times}. */
final class TimesTally {

    private final long[] counts = new long[Times.BUCKETS];
    // Not nanoseconds: a few records that waited for centuries would overflow.
    private double seconds;

    void add(long nanos) {
        counts[Times.bucket(nanos)]++;
        seconds += nanos / 1e9;
    }

    Times times() {
        return new Times(seconds, Arrays.stream(counts).boxed().toList());
    }
}
