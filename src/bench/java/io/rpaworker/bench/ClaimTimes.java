package io.rpaworker.bench;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long the worker's claims took, by its own histogram {@code rpa.claim}: every claim is in it, in one of some
 * seventy buckets.
 *
 * @param upTo how many claims took at most so many seconds
 */
record ClaimTimes(SortedMap<Double, Double> upTo) {

    /** What makes the worker keep the histogram. */
    static final String[] SETTINGS = {
        "--management.metrics.distribution.percentiles-histogram.rpa.claim=true",
        "--management.metrics.distribution.minimum-expected-value.rpa.claim=200us",
        "--management.metrics.distribution.maximum-expected-value.rpa.claim=10s"
    };

    private static final Pattern BUCKET = Pattern.compile(
            "rpa_claim_seconds_bucket\\{[^}]*flow=\"orders\"[^}]*le=\"([0-9.E+-]+|\\+Inf)\"[^}]*} ([0-9.E+]+)");

    static ClaimTimes of(Management worker) {
        var upTo = new TreeMap<Double, Double>();
        Matcher bucket = BUCKET.matcher(worker.metrics());
        while (bucket.find()) {
            double seconds =
                    bucket.group(1).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bucket.group(1));
            upTo.put(seconds, Double.parseDouble(bucket.group(2)));
        }
        if (upTo.isEmpty()) {
            throw new IllegalStateException("The worker tells nothing of its claims");
        }
        return new ClaimTimes(upTo);
    }

    /** The claims since then. */
    ClaimTimes since(ClaimTimes before) {
        var since = new TreeMap<Double, Double>();
        upTo.forEach((seconds, claims) -> since.put(seconds, claims - before.upTo.getOrDefault(seconds, 0.0)));
        return new ClaimTimes(since);
    }

    /**
     * So many milliseconds at most took this share of the claims; between the bounds of a bucket by a straight line, as
     * Prometheus does it. Not a number if there were no claims.
     */
    double millis(double share) {
        double wanted = share * upTo.get(upTo.lastKey());
        double from = 0;
        double below = 0;
        for (var bucket : upTo.entrySet()) {
            if (bucket.getValue() >= wanted && bucket.getValue() > below) {
                double to = bucket.getKey().isInfinite() ? from : bucket.getKey();
                return 1e3 * (from + (to - from) * (wanted - below) / (bucket.getValue() - below));
            }
            from = bucket.getKey();
            below = bucket.getValue();
        }
        return Double.NaN;
    }
}
