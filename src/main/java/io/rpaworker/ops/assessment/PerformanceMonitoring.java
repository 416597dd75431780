package io.rpaworker.ops.assessment;

import io.rpaworker.history.FailureHistory;
import io.rpaworker.history.FlowHistory;
import io.rpaworker.history.FlowHistory.Step;
import io.rpaworker.history.Outcomes;
import io.rpaworker.history.Span;
import io.rpaworker.history.Window;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.QueueSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How the work went in a time: the old system's performance monitoring. Reads statistics only, and no record. */
@Component
@EnableConfigurationProperties(PerformanceThresholds.class)
public class PerformanceMonitoring {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration JUST_COME = Duration.ofMinutes(1);

    private final CurrentCounts counts;
    private final Questions questions;
    private final FlowHistory history;
    private final FailureHistory failures;
    private final Heartbeat heartbeat;
    private final PerformanceThresholds thresholds;

    PerformanceMonitoring(
            CurrentCounts counts,
            Questions questions,
            FlowHistory history,
            FailureHistory failures,
            Heartbeat heartbeat,
            PerformanceThresholds thresholds) {
        this.counts = counts;
        this.questions = questions;
        this.history = history;
        this.failures = failures;
        this.heartbeat = heartbeat;
        this.thresholds = thresholds;
    }

    /**
     * What there is to say of a time.
     *
     * @param timeWindowHours how long it is
     * @param processorInstanceId this replica; null while it holds no lease
     * @param flowSpecificMetrics of each flow that had an attempt, and of each that was asked for
     * @param errorAnalysis an {@code Errors}; an empty map if it was not asked for
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Performance(
            Instant monitoringTimestamp,
            double timeWindowHours,
            @Nullable String processorInstanceId,
            Metrics overallMetrics,
            Map<String, Metrics> flowSpecificMetrics,
            Object errorAnalysis,
            Trends performanceTrends,
            List<String> alerts,
            List<String> recommendations) {}

    private record Found(
            Window window,
            Instant now,
            SortedMap<String, Outcomes> flows,
            List<Step> steps,
            @Nullable Errors errors) {}

    /**
     * Looks at a time.
     *
     * @param texts whether who asks may see what failures say
     * @throws io.rpaworker.ops.Problem if the time makes no sense, if a flow is known to nobody and has no statistics
     *     of that time, or if rpa_db does not answer
     */
    public Performance over(PerformanceQuestion question, boolean texts) {
        // First, for a rpa_db that is silent keeps nobody waiting twice.
        Found found = questions.ask(() -> find(question, texts));
        var idle = new TreeSet<>(question.flows());
        idle.removeAll(found.flows().keySet());
        QueueSnapshot snapshot = counts.of(idle).snapshot();
        idle.forEach(flow -> found.flows().put(flow, Outcomes.NONE));
        var metrics = new TreeMap<String, Metrics>();
        found.flows().forEach((flow, it) -> metrics.put(flow, Metrics.of(flow, found.window(), it)));
        PerformanceAdvice advice =
                PerformanceAdvice.of(found.flows(), found.window(), waiting(question, snapshot), thresholds);
        return new Performance(
                found.now(),
                Percent.rounded(TimeWindow.hours(found.window())),
                heartbeat.instance().map(WorkerInstance::id).orElse(null),
                Metrics.of(null, found.window(), found.flows().values().stream().reduce(Outcomes.NONE, Outcomes::plus)),
                metrics,
                found.errors() == null ? Map.of() : found.errors(),
                Trends.of(found.window(), found.steps(), found.now()),
                advice.alerts(),
                advice.recommendations());
    }

    private Found find(PerformanceQuestion question, boolean texts) {
        Instant now = history.now();
        Window window = question.window(now);
        String flow = question.onlyFlow();
        SortedMap<String, Outcomes> flows = history.over(window, flow);
        flows.keySet().removeIf(it -> !question.isAbout(it));
        List<Step> steps = steps(question, window, Trends.span(window));
        return new Found(
                window, now, flows, steps, question.errors() ? errors(question, window, steps, now, texts) : null);
    }

    private List<Step> steps(PerformanceQuestion question, Window window, Span span) {
        return history.steps(window, span, question.onlyFlow()).stream()
                .filter(it -> question.isAbout(it.flow()))
                .toList();
    }

    private Errors errors(PerformanceQuestion question, Window window, List<Step> steps, Instant now, boolean texts) {
        return failures.known(window, now)
                .map(known -> Errors.of(
                        known,
                        failures.causes(known, question.flows(), Errors.MOST_CAUSES),
                        spikes(question, known, Trends.span(window) == Span.HOUR ? steps : List.of(), now),
                        texts,
                        now))
                .orElseGet(() -> Errors.of(window.in(Span.HOUR, now), List.of(), List.of(), texts, now));
    }

    // In a few hours none can be far above their mean: what is usual is seen from a day at least.
    private List<Spike> spikes(PerformanceQuestion question, Window known, List<Step> steps, Instant now) {
        Window usual = known.length().compareTo(DAY) >= 0
                ? known
                : failures.known(new Window(known.to().minus(DAY), known.to(), Span.HOUR), now)
                        .orElse(known);
        boolean same = usual.equals(known)
                && !steps.isEmpty()
                && !steps.getFirst().from().isBefore(known.from());
        return Spike.of(same ? steps : steps(question, usual, Span.HOUR), usual, thresholds).stream()
                .filter(it -> !it.hour().isBefore(known.from()))
                .toList();
    }

    // What waits now says nothing of a time that is over, and what has just come nothing of the time before.
    private static long waiting(PerformanceQuestion question, QueueSnapshot snapshot) {
        if (question.to() != null) {
            return 0;
        }
        return snapshot.counts().entrySet().stream()
                .filter(it -> question.isAbout(it.getKey()))
                .filter(it -> snapshot.oldestAge(it.getKey()).compareTo(JUST_COME) > 0)
                .mapToLong(it -> Math.max(
                        0, it.getValue().pending() - snapshot.later(it.getKey()).postponed()))
                .sum();
    }
}
