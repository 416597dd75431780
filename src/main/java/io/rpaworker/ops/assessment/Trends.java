package io.rpaworker.ops.assessment;

import io.rpaworker.history.FlowHistory.Step;
import io.rpaworker.history.Span;
import io.rpaworker.history.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * How the work went hour by hour; day by day in a time of which hours are not kept any more. What lacks did not process
 * anything.
 *
 * @param hourlyTrends by the beginning of the hour
 */
@JsonNaming(SnakeCaseStrategy.class)
record Trends(Instant analysisTimestamp, TimeWindow timeWindow, Map<Instant, Hour> hourlyTrends, Summary trendSummary) {

    /** One hour. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Hour(
            long totalProcessed,
            long totalCompleted,
            long failedAttempts,
            double avgProcessingTime,
            Map<String, OneFlow> flows) {}

    /** One hour of one flow. */
    @JsonNaming(SnakeCaseStrategy.class)
    record OneFlow(long processed, long completed, long failedAttempts, double avgProcessingMinutes) {}

    /**
     * All hours.
     *
     * @param peakHourProcessing most records that finished in one of them
     * @param peakHour which one that is; null if there is none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Summary(
            String span,
            int totalHoursAnalyzed,
            long peakHourProcessing,
            @Nullable Instant peakHour) {}

    /** The spans that a window is told by. */
    static Span span(Window window) {
        return window.finest() == Span.DAY ? Span.DAY : Span.HOUR;
    }

    static Trends of(Window window, List<Step> steps, Instant now) {
        var byHour = new TreeMap<Instant, List<Step>>();
        steps.forEach(it ->
                byHour.computeIfAbsent(it.from(), hour -> new ArrayList<>()).add(it));
        var hours = new TreeMap<Instant, Hour>();
        byHour.forEach((hour, its) -> hours.put(hour, hour(its)));
        Instant peak = hours.entrySet().stream()
                .max(Map.Entry.comparingByValue(
                        (one, other) -> Long.compare(one.totalProcessed(), other.totalProcessed())))
                .map(Map.Entry::getKey)
                .orElse(null);
        Hour busiest = peak == null ? null : hours.get(peak);
        return new Trends(
                now,
                TimeWindow.of(window.in(span(window), now)),
                hours,
                new Summary(span(window).column(), hours.size(), busiest == null ? 0 : busiest.totalProcessed(), peak));
    }

    private static Hour hour(List<Step> steps) {
        var flows = new TreeMap<String, OneFlow>();
        steps.forEach(it -> flows.put(
                it.flow(),
                new OneFlow(it.completed() + it.dead(), it.completed(), it.failedAttempts(), minutes(List.of(it)))));
        return new Hour(
                steps.stream().mapToLong(it -> it.completed() + it.dead()).sum(),
                steps.stream().mapToLong(Step::completed).sum(),
                steps.stream().mapToLong(Step::failedAttempts).sum(),
                minutes(steps),
                flows);
    }

    private static double minutes(List<Step> steps) {
        long runs = steps.stream().mapToLong(Step::runs).sum();
        double seconds = steps.stream().mapToDouble(Step::runSeconds).sum();
        return runs == 0 ? 0 : Percent.rounded(seconds / runs / 60);
    }
}
