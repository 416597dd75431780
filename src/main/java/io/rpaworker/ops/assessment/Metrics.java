package io.rpaworker.ops.assessment;

import io.rpaworker.history.Outcomes;
import io.rpaworker.history.Times;
import io.rpaworker.history.Window;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What has become of attempts in a time. Records that are under way, or that another attempt is due for, have not
 * finished and are neither successes nor failures.
 *
 * @param flowName null for all flows
 * @param totalProcessed records that finished: completed, or dead letters
 * @param failedCount dead letters
 * @param avgProcessingTimeMinutes mean time in the handler, of completed records and failed attempts
 * @param failedAttempts attempts that failed, whether or not another was due
 * @param releasedAttempts attempts that were given back and do not count
 * @param waitTime from available to claimed
 * @param runTime in the handler
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Metrics(
        @Nullable String flowName,
        TimeWindow timeWindow,
        long totalProcessed,
        long completedCount,
        long failedCount,
        double successRatePercent,
        double avgProcessingTimeMinutes,
        double avgProcessingRatePerHour,
        long failedAttempts,
        Map<String, Long> deadLettersByKind,
        long releasedAttempts,
        Seconds waitTime,
        Seconds runTime) {

    /** Mean and percentiles; 0 if there is none. The percentiles are as exact as the statistics' bounds tell. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Seconds(double meanSeconds, double p50Seconds, double p95Seconds, double p99Seconds) {

        private static final double THOUSANDTHS = 1000;

        static Seconds of(Times times) {
            return new Seconds(
                    rounded(times.meanSeconds()), quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.99));
        }

        private static double quantile(Times times, double share) {
            return rounded(times.quantile(share).toNanos() / 1e9);
        }

        private static double rounded(double seconds) {
            return Math.round(seconds * THOUSANDTHS) / THOUSANDTHS;
        }
    }

    static Metrics of(@Nullable String flow, Window window, Outcomes it) {
        var byKind = new TreeMap<String, Long>();
        it.dead().forEach((kind, records) -> byKind.put(kind.column(), records));
        return new Metrics(
                flow,
                TimeWindow.of(window),
                it.finished(),
                it.completed(),
                it.deadLetters(),
                Percent.rounded(successPercent(it)),
                Percent.rounded(it.runs().meanSeconds() / 60),
                Percent.rounded(it.finished() / TimeWindow.hours(window)),
                it.failedAttempts(),
                byKind,
                it.released(),
                Seconds.of(it.waits()),
                Seconds.of(it.runs()));
    }

    /** Completed records of those that finished; 0 if none did. */
    static double successPercent(Outcomes it) {
        return Percent.of(it.completed(), it.finished());
    }
}
