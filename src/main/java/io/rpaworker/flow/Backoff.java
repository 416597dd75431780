package io.rpaworker.flow;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a failed record waits for its next attempt.
 *
 * @param initialDelay after the first failure
 * @param multiplier from one failure to the next
 * @param maxDelay never longer than this, before the spread
 */
public record Backoff(Duration initialDelay, double multiplier, Duration maxDelay) {

    /**
     * Says how long to wait after a failure: at random between half and one and a half of the exponential delay, so
     * that records which failed together do not come back together.
     *
     * @param failures so far, at least 1
     */
    public Duration after(int failures, RandomGenerator random) {
        double millis = (double) initialDelay.toMillis() * Math.pow(multiplier, failures - 1.0);
        double capped = Math.min(millis, (double) maxDelay.toMillis());
        return Duration.ofMillis(Math.round(capped * (0.5 + random.nextDouble())));
    }
}
