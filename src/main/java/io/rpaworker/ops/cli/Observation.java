package io.rpaworker.ops.cli;

import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.assessment.Metrics;
import io.rpaworker.ops.assessment.PerformanceMonitoring;
import io.rpaworker.ops.assessment.PerformanceQuestion;
import io.rpaworker.ops.assessment.QueueAlert;
import io.rpaworker.ops.assessment.QueueMonitoring;
import io.rpaworker.ops.assessment.QueueMonitoring.Monitored;
import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Replicas;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the monitor has seen, and the alerts of it: the old monitor's, by their names and thresholds, and what the old
 * queue monitoring alerts of.
 *
 * @param snapshot the counts
 * @param lastHour what became of attempts
 */
record Observation(QueueSnapshot snapshot, Fleet fleet, Monitored monitored, Metrics lastHour) {

    private static final Duration STALE = Duration.ofMinutes(10);
    private static final Duration OLD = Duration.ofHours(1);
    private static final double FAILURE_RATE = 0.1;
    private static final long DEAD_LETTERS = 100;
    private static final String WARNING = "warning";
    private static final String CRITICAL = "critical";

    /** One alert, by the old system's keys. */
    record Alert(String type, String severity, String message, double value, double threshold) {

        private static Alert of(QueueAlert it) {
            return new Alert(
                    it.type(), it.severity(), it.message(), Math.round(it.value() * 10) / 10.0, it.threshold());
        }
    }

    static Observation of(Core core) {
        Fleet fleet = core.part(Replicas.class).look();
        Monitored monitored = core.part(QueueMonitoring.class).look(Set.of(), true);
        Metrics lastHour = core.part(PerformanceMonitoring.class)
                .over(new PerformanceQuestion(1, null, null, Set.of(), false), false)
                .overallMetrics();
        return new Observation(core.part(CurrentCounts.class).of(Set.of()).snapshot(), fleet, monitored, lastHour);
    }

    List<Alert> alerts() {
        var alerts = new ArrayList<Alert>();
        add(
                alerts,
                "stale_work",
                WARNING,
                "A record has been processing for so many seconds",
                (double) seconds(oldestClaim()),
                (double) STALE.toSeconds());
        add(
                alerts,
                "high_failure_rate",
                CRITICAL,
                "So many of the last hour's attempts failed",
                failureRate(),
                FAILURE_RATE);
        add(alerts, "dead_letter_overflow", WARNING, "There are so many dead letters", (double) dead(), (double)
                DEAD_LETTERS);
        if (fleet.live() < 1) {
            alerts.add(new Alert("low_worker_count", CRITICAL, "No replica lives", fleet.live(), 1));
        }
        add(
                alerts,
                "old_pending_documents",
                WARNING,
                "The oldest due record has waited for so many seconds",
                (double) oldestPending().toSeconds(),
                (double) OLD.toSeconds());
        monitored.operationalAlerts().forEach(it -> alerts.add(Alert.of(it)));
        return alerts;
    }

    private static void add(
            List<Alert> alerts, String type, String severity, String message, double value, double threshold) {
        if (value > threshold) {
            alerts.add(new Alert(type, severity, message, value, threshold));
        }
    }

    long dead() {
        return snapshot.counts().keySet().stream()
                .mapToLong(it -> Overview.dead(snapshot, it))
                .sum();
    }

    long retrying() {
        return snapshot.counts().keySet().stream()
                .mapToLong(it -> snapshot.later(it).retrying())
                .sum();
    }

    Duration oldestPending() {
        return snapshot.oldestAges().values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** How many replicas' oldest claim is older than ten minutes. */
    long stale() {
        return fleet.workers().stream()
                .map(Overview::oldestClaim)
                .filter(it -> seconds(it) > STALE.toSeconds())
                .count();
    }

    Instant at() {
        return monitored.monitoringTimestamp();
    }

    // Retries count: a system in which every second attempt fails is not well.
    private double failureRate() {
        long all = lastHour.completedCount() + lastHour.failedAttempts();
        return all == 0 ? 0 : (double) lastHour.failedAttempts() / all;
    }

    private @Nullable Instant oldestClaim() {
        return fleet.workers().stream()
                .map(Overview::oldestClaim)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    private long seconds(@Nullable Instant then) {
        return then == null ? 0 : Duration.between(then, at()).toSeconds();
    }
}
