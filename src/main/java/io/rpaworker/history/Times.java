package io.rpaworker.history;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How long something took, many times: the sum, and how many there are up to 1 ms, 2, 5, 10, ... 50,000,000 ms (14
 * hours), and above.
 *
 * @param seconds the sum
 * @param counts one for each bound, and one for what is above the last
 */
public record Times(double seconds, List<Long> counts) {

    static final long[] UP_TO_NANOS = IntStream.rangeClosed(0, 7)
            .mapToLong(power -> Math.round(Math.pow(10, power)) * 1_000_000)
            .flatMap(it -> LongStream.of(it, 2 * it, 5 * it))
            .toArray();

    static final int BUCKETS = UP_TO_NANOS.length + 1;

    /** None at all. */
    public static final Times NONE =
            new Times(0, LongStream.range(0, BUCKETS).map(it -> 0).boxed().toList());

    /** Which bucket a time belongs to. */
    static int bucket(long nanos) {
        int found = Arrays.binarySearch(UP_TO_NANOS, nanos);
        return found < 0 ? -found - 1 : found;
    }

    /** Those of both. */
    public Times plus(Times more) {
        return new Times(
                seconds + more.seconds,
                IntStream.range(0, BUCKETS)
                        .mapToObj(it -> counts.get(it) + more.counts.get(it))
                        .toList());
    }

    /** How many there are. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** Their mean in seconds; 0 if there are none. */
    public double meanSeconds() {
        long count = count();
        return count == 0 ? 0 : seconds / count;
    }

    /**
     * The time that a share of them does not exceed, as exactly as the bounds tell: those of one bucket are taken to
     * lie evenly in it. What is above the last bound counts as that.
     *
     * @param share above 0, at most 1
     * @return zero if there are none
     */
    public Duration quantile(double share) {
        double rank = share * count();
        long below = 0;
        for (int bucket = 0; bucket < UP_TO_NANOS.length; bucket++) {
            long here = counts.get(bucket);
            if (here > 0 && below + here >= rank) {
                long from = bucket == 0 ? 0 : UP_TO_NANOS[bucket - 1];
                return Duration.ofNanos(from + Math.round((UP_TO_NANOS[bucket] - from) * (rank - below) / here));
            }
            below += here;
        }
        return count() == 0 ? Duration.ZERO : Duration.ofNanos(UP_TO_NANOS[UP_TO_NANOS.length - 1]);
    }
}
