package io.rpaworker.ops.assessment;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

class ThresholdsTests {

    private final BoundSettings<QueueThresholds> queue = new BoundSettings<>(QueueThresholds.class, Binding.class);
    private final BoundSettings<PerformanceThresholds> performance =
            new BoundSettings<>(PerformanceThresholds.class, Binding.class);

    @EnableConfigurationProperties({QueueThresholds.class, PerformanceThresholds.class})
    static class Binding {}

    @Test
    void theDefaultsAreTheOldSystems() {
        queue.whenBound(it -> assertThat(it).isEqualTo(new QueueThresholds(20, 10, 50, 80, 100, 50, 1000, 500, 24)));
        performance.whenBound(it -> assertThat(it)
                .isEqualTo(
                        new PerformanceThresholds(80, 90, 70, 80, 10, 50, ofMinutes(30), ofMinutes(15), 100, 3, 10)));
    }

    @ParameterizedTest
    @CsvSource({
        "failed-critical-percent, 101, failedCriticalPercent, less than or equal to 100",
        "failed-degraded-percent, -1, failedDegradedPercent, greater than or equal to 0",
        "flow-failed-critical-percent, 101, flowFailedCriticalPercent, less than or equal to 100",
        "processing-overloaded-percent, 101, processingOverloadedPercent, less than or equal to 100",
        "processing-high, -1, processingHigh, greater than or equal to 0",
        "processing-to-watch, -1, processingToWatch, greater than or equal to 0",
        "pending-backlog, -1, pendingBacklog, greater than or equal to 0",
        "pending-to-scale, -1, pendingToScale, greater than or equal to 0",
        "window-hours, 0, windowHours, greater than or equal to 1",
        "window-hours, 9601, windowHours, less than or equal to 9600"
    })
    void refusesWhatIsOutOfBoundsForTheQueue(String property, String value, String name, String bound) {
        queue.assertRefused("rpa.monitoring.queue." + property + "=" + value, name, bound);
    }

    @ParameterizedTest
    @CsvSource({
        "success-critical-percent, 101, successCriticalPercent, less than or equal to 100",
        "success-warning-percent, -1, successWarningPercent, greater than or equal to 0",
        "flow-success-critical-percent, 101, flowSuccessCriticalPercent, less than or equal to 100",
        "flow-success-to-review-percent, 101, flowSuccessToReviewPercent, less than or equal to 100",
        "rate-warning-per-hour, -1, rateWarningPerHour, greater than or equal to 0",
        "rate-to-scale-per-hour, -1, rateToScalePerHour, greater than or equal to 0",
        "flow-time-warning, 0s, flowTimeWarning, longer than or equal to 1 milli",
        "flow-time-to-review, 25h, flowTimeToReview, shorter than or equal to 1 day",
        "errors-to-review, -1, errorsToReview, greater than or equal to 0",
        "spike-ratio, 0.5, spikeRatio, greater than or equal to 1",
        "spike-least, 0, spikeLeast, greater than or equal to 1"
    })
    void refusesWhatIsOutOfBoundsForThePerformance(String property, String value, String name, String bound) {
        performance.assertRefused("rpa.monitoring.performance." + property + "=" + value, name, bound);
    }
}
