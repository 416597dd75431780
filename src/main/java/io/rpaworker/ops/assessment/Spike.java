package io.rpaworker.ops.assessment;

import static java.util.Comparator.comparing;

import io.rpaworker.failure.FailureKind;
import io.rpaworker.history.FlowHistory.Step;
import io.rpaworker.history.Window;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * An hour with many more failed attempts of a flow and kind than the mean hour.
 *
 * @param meanPerHour of all hours of the time, those without any failure as well
 * @param ratio so many times as many
 */
@JsonNaming(SnakeCaseStrategy.class)
record Spike(Instant hour, String flowName, String kind, long errorCount, double meanPerHour, double ratio) {

    private static final int MOST = 50;

    /**
     * Those of a window; at most 50.
     *
     * @param hours what became of each flow's attempts in each hour
     * @return the last first
     */
    static List<Spike> of(List<Step> hours, Window window, PerformanceThresholds thresholds) {
        var sums = new HashMap<String, Map<FailureKind, Long>>();
        hours.forEach(hour -> hour.failed()
                .forEach((kind, attempts) -> sums.computeIfAbsent(hour.flow(), flow -> new EnumMap<>(FailureKind.class))
                        .merge(kind, attempts, Long::sum)));
        double length = Math.max(1, TimeWindow.hours(window));
        return hours.stream()
                .flatMap(hour -> hour.failed().entrySet().stream().flatMap(it -> {
                    double mean = sums.getOrDefault(hour.flow(), Map.of()).getOrDefault(it.getKey(), 0L) / length;
                    return it.getValue() >= thresholds.spikeLeast() && it.getValue() > thresholds.spikeRatio() * mean
                            ? Stream.of(of(hour, it.getKey(), it.getValue(), mean))
                            : Stream.empty();
                }))
                .sorted(comparing(Spike::hour)
                        .reversed()
                        .thenComparing(Spike::flowName)
                        .thenComparing(Spike::kind))
                .limit(MOST)
                .toList();
    }

    private static Spike of(Step hour, FailureKind kind, long attempts, double mean) {
        return new Spike(
                hour.from(),
                hour.flow(),
                kind.column(),
                attempts,
                Percent.rounded(mean),
                Percent.rounded(attempts / mean));
    }
}
