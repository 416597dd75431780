package io.rpaworker.ops.assessment;

import io.rpaworker.history.FlowHistory;
import io.rpaworker.history.Outcomes;
import io.rpaworker.history.Window;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.QueueStatus;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How the queue is, what is to be looked at, and what to do: the old system's queue monitoring. */
@Component
@EnableConfigurationProperties(QueueThresholds.class)
public class QueueMonitoring {

    private final CurrentCounts counts;
    private final Questions questions;
    private final FlowHistory history;
    private final Heartbeat heartbeat;
    private final QueueThresholds thresholds;

    QueueMonitoring(
            CurrentCounts counts,
            Questions questions,
            FlowHistory history,
            Heartbeat heartbeat,
            QueueThresholds thresholds) {
        this.counts = counts;
        this.questions = questions;
        this.history = history;
        this.heartbeat = heartbeat;
        this.thresholds = thresholds;
    }

    /**
     * What there is to say of the queue.
     *
     * @param processorInstanceId this replica; null while it holds no lease
     * @param flowSpecificMetrics the records of each flow; empty if that was not asked for
     * @param lastHours what finished lately
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Monitored(
            Instant monitoringTimestamp,
            @Nullable String processorInstanceId,
            QueueStatus overallQueueStatus,
            Map<String, QueueStatus> flowSpecificMetrics,
            Assessment queueHealthAssessment,
            LastHours lastHours,
            List<QueueAlert> operationalAlerts,
            List<String> recommendations) {}

    /**
     * How the queue is.
     *
     * @param queueHealth idle, healthy, overloaded, degraded or critical
     * @param failedRatePercent failed records of all that are there
     * @param recentFailedRatePercent dead letters of what finished lately
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Assessment(
            String queueHealth,
            int healthScore,
            long totalRecords,
            double failedRatePercent,
            double recentFailedRatePercent,
            double processingRatePercent,
            Instant assessmentTimestamp) {}

    /** What has become of attempts lately. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record LastHours(
            int windowHours, long completed, long deadLetters, long failedAttempts, double failedRatePercent) {}

    /**
     * Looks at the queue.
     *
     * @param flows those to look at one by one; empty for all
     * @param detailed whether flows are looked at one by one
     * @throws io.rpaworker.ops.Problem if one of the flows is known to nobody, or if rpa_db does not answer
     */
    public Monitored look(Set<String> flows, boolean detailed) {
        // First, for a rpa_db that is silent keeps nobody waiting twice.
        Recent recent = questions.ask(this::recent);
        CurrentCounts.Counted counted = counts.of(flows);
        QueueSnapshot snapshot = counted.snapshot();
        QueueFigures all = new QueueFigures(
                snapshot.sum(), recent.byFlow().values().stream().reduce(Outcomes.NONE, Outcomes::plus));
        SortedMap<String, QueueFigures> single = detailed ? single(flows, snapshot, recent) : new TreeMap<>();
        QueueAdvice advice = QueueAdvice.of(all, single, thresholds);
        var metrics = new TreeMap<String, QueueStatus>();
        single.forEach((flow, figures) -> metrics.put(flow, aged(QueueStatus.ofFlow(flow, figures.counts()), counted)));
        return new Monitored(
                recent.now(),
                heartbeat.instance().map(WorkerInstance::id).orElse(null),
                aged(QueueStatus.ofEach(snapshot), counted),
                metrics,
                assessment(all, recent.now()),
                lastHours(all),
                advice.alerts(),
                advice.recommendations());
    }

    private static QueueStatus aged(QueueStatus status, CurrentCounts.Counted counted) {
        return counted.age() == null ? status : status.aged(counted.age().toSeconds());
    }

    private record Recent(Instant now, SortedMap<String, Outcomes> byFlow) {}

    private Recent recent() {
        Instant now = history.now();
        Window window = Window.of(now.minus(Duration.ofHours(thresholds.windowHours())), now, now);
        return new Recent(now, history.over(window, null));
    }

    private static SortedMap<String, QueueFigures> single(Set<String> flows, QueueSnapshot snapshot, Recent recent) {
        var single = new TreeMap<String, QueueFigures>();
        var looked = flows.isEmpty() ? snapshot.counts().keySet() : new TreeSet<>(flows);
        looked.forEach(flow -> single.put(
                flow,
                new QueueFigures(
                        snapshot.counts().getOrDefault(flow, StatusCounts.NONE),
                        recent.byFlow().getOrDefault(flow, Outcomes.NONE))));
        return single;
    }

    private Assessment assessment(QueueFigures all, Instant now) {
        QueueState state = all.state(thresholds);
        return new Assessment(
                state.text(),
                state.score(),
                all.counts().total(),
                all.failedPercent(),
                all.recentFailedPercent(),
                all.processingPercent(),
                now);
    }

    private LastHours lastHours(QueueFigures all) {
        return new LastHours(
                thresholds.windowHours(),
                all.recent().completed(),
                all.recent().deadLetters(),
                all.recent().failedAttempts(),
                Percent.rounded(all.recentFailedPercent()));
    }
}
