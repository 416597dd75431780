package io.rpaworker.ops;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

class MonitoringPropertiesTests {

    private final BoundSettings<MonitoringProperties> settings =
            new BoundSettings<>(MonitoringProperties.class, Binding.class);

    @EnableConfigurationProperties(MonitoringProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(it ->
                assertThat(it).isEqualTo(new MonitoringProperties(ofSeconds(15), ofMinutes(5), ofMinutes(5), 200, 20)));
    }

    @ParameterizedTest
    @CsvSource({
        "refresh-interval, 999ms, refreshInterval, longer than or equal to 1 second",
        "refresh-interval, 601s, refreshInterval, shorter than or equal to 10 minutes",
        "stalled-after, 59s, stalledAfter, longer than or equal to 1 minute",
        "stalled-after, 25h, stalledAfter, shorter than or equal to 1 day",
        "old-snapshot-after, 999ms, oldSnapshotAfter, longer than or equal to 1 second",
        "old-snapshot-after, 25h, oldSnapshotAfter, shorter than or equal to 1 day",
        "max-flows, 0, maxFlows, greater than or equal to 1",
        "max-flows, 10001, maxFlows, less than or equal to 10000",
        "count-reuse, -1, countReuse, greater than or equal to 0",
        "count-reuse, 1001, countReuse, less than or equal to 1000"
    })
    void refusesWhatIsOutOfBounds(String property, String value, String name, String bound) {
        settings.assertRefused("rpa.monitoring." + property + "=" + value, name, bound);
    }
}
