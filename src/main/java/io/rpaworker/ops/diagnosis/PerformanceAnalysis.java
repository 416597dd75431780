package io.rpaworker.ops.diagnosis;

import io.rpaworker.history.FlowHistory;
import io.rpaworker.history.FlowHistory.Step;
import io.rpaworker.history.Outcomes;
import io.rpaworker.history.Span;
import io.rpaworker.history.Window;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.Questions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How records have been processed in the last 24 hours, as the old system's diagnostics told it. */
@Component
class PerformanceAnalysis {

    private static final int HOURS = 24;

    private final Questions questions;
    private final FlowHistory history;
    private final InstantSource clock = InstantSource.system();

    PerformanceAnalysis(Questions questions, FlowHistory history) {
        this.questions = questions;
        this.history = history;
    }

    /**
     * An analysis.
     *
     * @param keys as they are told, in the old system's names
     * @param meanProcessingTime of an attempt; null if there was none
     */
    record Performance(Map<String, Object> keys, @Nullable Duration meanProcessingTime) {

        /** Nobody asked. */
        static final Performance NONE = new Performance(Map.of(), null);
    }

    private record Found(Instant now, SortedMap<String, Outcomes> flows, List<Step> hours) {}

    /** Analyses one flow, or all of them if it is null; says so if rpa_db does not answer. */
    Performance of(@Nullable String flow) {
        Found found;
        try {
            found = questions.ask(() -> find(flow));
        } catch (Problem e) {
            return unknown(String.valueOf(e.getMessage()));
        }
        var keys = new LinkedHashMap<String, Object>();
        Outcomes all = found.flows().values().stream().reduce(Outcomes.NONE, Outcomes::plus);
        keys.put("analysis_timestamp", found.now());
        keys.put("time_window_hours", HOURS);
        keys.put("total_processed", all.finished());
        keys.put("total_completed", all.completed());
        keys.put("success_rate_percent", all.finished() == 0 ? 0 : rounded(100.0 * all.completed() / all.finished()));
        keys.put("avg_processing_time_minutes", rounded(all.runs().meanSeconds() / 60));
        keys.put(
                "performance_by_flow",
                found.flows().entrySet().stream()
                        .map(it -> ofFlow(it.getKey(), it.getValue(), found.hours()))
                        .toList());
        boolean any = all.runs().count() > 0;
        return new Performance(
                keys, any ? Duration.ofMillis(Math.round(all.runs().meanSeconds() * 1000)) : null);
    }

    /** Nobody knows, for a reason. */
    Performance unknown(String reason) {
        var keys = new LinkedHashMap<String, Object>();
        keys.put("analysis_timestamp", clock.instant());
        keys.put("error", reason);
        return new Performance(keys, null);
    }

    private Found find(@Nullable String flow) {
        Instant now = history.now();
        Window window = Window.of(now.minus(Duration.ofHours(HOURS)), now, now);
        return new Found(now, history.over(window, flow), history.steps(window, Span.HOUR, flow));
    }

    // Completions are known by the hour.
    private static Map<String, @Nullable Object> ofFlow(String flow, Outcomes it, List<Step> hours) {
        List<Instant> completed = hours.stream()
                .filter(hour -> hour.flow().equals(flow) && hour.completed() > 0)
                .map(Step::from)
                .toList();
        var keys = new LinkedHashMap<String, @Nullable Object>();
        keys.put("flow_name", flow);
        keys.put("total_processed", it.finished());
        keys.put("completed_count", it.completed());
        keys.put("failed_count", it.deadLetters());
        keys.put("avg_processing_minutes", rounded(it.runs().meanSeconds() / 60));
        keys.put("first_completion", completed.isEmpty() ? null : completed.getFirst());
        keys.put("last_completion", completed.isEmpty() ? null : completed.getLast());
        return keys;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
