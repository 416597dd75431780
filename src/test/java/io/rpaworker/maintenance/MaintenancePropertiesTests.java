package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

class MaintenancePropertiesTests {

    private final BoundSettings<MaintenanceProperties> settings =
            new BoundSettings<>(MaintenanceProperties.class, Binding.class);

    @EnableConfigurationProperties(MaintenanceProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(it -> assertThat(it)
                .isEqualTo(new MaintenanceProperties(
                        true,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        3,
                        Duration.ofSeconds(15),
                        new MaintenanceProperties.Retention(
                                Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(30), null))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sweep-interval=99ms        | sweepInterval       | must be longer than or equal to 100 millis",
                "sweep-interval=601s        | sweepInterval       | must be shorter than or equal to 10 minutes",
                "retry-interval=99ms        | retryInterval       | must be longer than or equal to 100 millis",
                "retry-interval=601s        | retryInterval       | must be shorter than or equal to 10 minutes",
                "purge-interval=99ms        | purgeInterval       | must be longer than or equal to 100 millis",
                "purge-interval=25h         | purgeInterval       | must be shorter than or equal to 1 day",
                "max-crashes=2              | maxCrashes          | must be greater than or equal to 3",
                "max-crashes=101            | maxCrashes          | must be less than or equal to 100",
                "leader-lease=999ms         | leaderLease         | must be longer than or equal to 1 second",
                "leader-lease=601s          | leaderLease         | must be shorter than or equal to 10 minutes",
                "retention.completed=999ms  | retention.completed | must be longer than or equal to 1 second",
                "retention.completed=36501d | retention.completed | must be shorter than or equal to 36500 days",
                "retention.dead=999ms       | retention.dead      | must be longer than or equal to 1 second",
                "retention.dead=36501d      | retention.dead      | must be shorter than or equal to 36500 days"
            })
    void refusesWhatIsOutOfBounds(String setting, String name, String bound) {
        settings.assertRefused("rpa.maintenance." + setting, name, bound);
    }
}
