package io.rpaworker.ops.assessment;

import io.rpaworker.history.Outcomes;
import io.rpaworker.history.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * What an operator is told of the work: the old system's alerts and recommendations. Nothing finished is no failure.
 */
record PerformanceAdvice(List<String> alerts, List<String> recommendations) {

    /**
     * Of a window.
     *
     * @param waiting records that are pending now, of flows that keep some waiting: without any, a low rate is only
     *     little to do
     */
    static PerformanceAdvice of(
            SortedMap<String, Outcomes> flows, Window window, long waiting, PerformanceThresholds thresholds) {
        Outcomes all = flows.values().stream().reduce(Outcomes.NONE, Outcomes::plus);
        double perHour = all.finished() / TimeWindow.hours(window);
        return new PerformanceAdvice(
                alerts(all, perHour, flows, waiting, thresholds),
                recommendations(all, perHour, flows, waiting, thresholds));
    }

    private static List<String> alerts(
            Outcomes all,
            double perHour,
            SortedMap<String, Outcomes> flows,
            long waiting,
            PerformanceThresholds thresholds) {
        var alerts = new ArrayList<String>();
        double success = Metrics.successPercent(all);
        if (all.finished() > 0 && success < thresholds.successCriticalPercent()) {
            alerts.add("CRITICAL: Low success rate: %s %% of what finished".formatted(Percent.text(success)));
        } else if (all.finished() > 0 && success < thresholds.successWarningPercent()) {
            alerts.add("WARNING: Success rate below target: %s %% of what finished".formatted(Percent.text(success)));
        }
        if (waiting > 0 && perHour < thresholds.rateWarningPerHour()) {
            alerts.add("WARNING: Low processing rate: %s records an hour, while %d are pending"
                    .formatted(Percent.text(perHour), waiting));
        }
        flows.forEach((flow, it) -> {
            if (it.finished() > 0 && Metrics.successPercent(it) < thresholds.flowSuccessCriticalPercent()) {
                alerts.add("CRITICAL: Flow %s has a low success rate: %s %%"
                        .formatted(flow, Percent.text(Metrics.successPercent(it))));
            }
            if (isLonger(it, thresholds.flowTimeWarning())) {
                alerts.add("WARNING: Flow %s has a long processing time: %s min"
                        .formatted(flow, Percent.text(it.runs().meanSeconds() / 60)));
            }
        });
        return alerts;
    }

    private static List<String> recommendations(
            Outcomes all,
            double perHour,
            SortedMap<String, Outcomes> flows,
            long waiting,
            PerformanceThresholds thresholds) {
        var recommendations = new ArrayList<String>();
        if (all.finished() > 0 && Metrics.successPercent(all) < thresholds.successWarningPercent()) {
            recommendations.add("Find the causes of the failures: error_analysis and /actuator/deadletters/groups");
        }
        if (waiting > 0 && perHour < thresholds.rateToScalePerHour()) {
            recommendations.add(
                    "Add replicas or slots, or review batch-size: %s records an hour".formatted(Percent.text(perHour)));
        }
        if (all.failedAttempts() > thresholds.errorsToReview()) {
            recommendations.add("Review the errors: %d attempts failed".formatted(all.failedAttempts()));
        }
        List<String> slow = named(flows, it -> isLonger(it, thresholds.flowTimeToReview()));
        if (!slow.isEmpty()) {
            recommendations.add("Make the handlers of slow flows faster: " + String.join(", ", slow));
        }
        List<String> failing = named(
                flows, it -> it.finished() > 0 && Metrics.successPercent(it) < thresholds.flowSuccessToReviewPercent());
        if (!failing.isEmpty()) {
            recommendations.add("Look at flows with a low success rate: " + String.join(", ", failing));
        }
        if (recommendations.isEmpty()) {
            recommendations.add("Performance is within acceptable bounds");
        }
        return recommendations;
    }

    private static boolean isLonger(Outcomes it, Duration time) {
        return it.runs().meanSeconds() > time.toMillis() / 1000.0;
    }

    private static List<String> named(SortedMap<String, Outcomes> flows, Predicate<Outcomes> which) {
        return flows.entrySet().stream()
                .filter(it -> which.test(it.getValue()))
                .map(it -> it.getKey())
                .toList();
    }
}
