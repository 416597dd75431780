package io.rpaworker.ops.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

class DiagnosisPropertiesTests {

    private final BoundSettings<DiagnosisProperties> settings =
            new BoundSettings<>(DiagnosisProperties.class, Binding.class);

    @EnableConfigurationProperties(DiagnosisProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(it -> assertThat(it).isEqualTo(Looks.DEFAULTS));
    }

    @ParameterizedTest
    @CsvSource({
        "slow-after, 0ms, slowAfter, longer than or equal to 1",
        "very-slow-after, 5s, verySlowAfter, shorter than or equal to 4 seconds",
        "clock-difference, 99ms, clockDifference, longer than or equal to 100",
        "clock-difference, 2h, clockDifference, shorter than or equal to 1 hour",
        "pool-warning-percent, 0, poolWarningPercent, greater than or equal to 1",
        "pool-critical-percent, 101, poolCriticalPercent, less than or equal to 100",
        "many-orphans, -1, manyOrphans, greater than or equal to 0",
        "many-failed, 1000001, manyFailed, less than or equal to 1000000",
        "long-processing, 999ms, longProcessing, longer than or equal to 1 second",
        "too-long-processing, 31d, tooLongProcessing, shorter than or equal to 30 days",
        "dead-percent, 101, deadPercent, less than or equal to 100",
        "dead-rows, -1, deadRows, greater than or equal to 0",
        "vacuum-after, 999ms, vacuumAfter, longer than or equal to 1 second",
        "retry-after, 31d, retryAfter, shorter than or equal to 30 days",
        "many-retries, 100001, manyRetries, less than or equal to 100000",
        "sweep-after, 25h, sweepAfter, shorter than or equal to 1 day",
        "leader-after, 25h, leaderAfter, shorter than or equal to 1 day",
        "ids-percent, 0, idsPercent, greater than or equal to 1",
        "slow-after, 4s, slow-after, must be at most very-slow-after",
        "long-processing, 61m, long-processing, at most too-long-processing",
        "pool-warning-percent, 96, pool-warning-percent, at most pool-critical-percent"
    })
    void refusesWhatIsOutOfBounds(String property, String value, String name, String bound) {
        settings.assertRefused("rpa.monitoring.diagnosis." + property + "=" + value, name, bound);
    }
}
