package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

class LeasePropertiesTests {

    private final BoundSettings<LeaseProperties> settings = new BoundSettings<>(LeaseProperties.class, Binding.class);

    @EnableConfigurationProperties(LeaseProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(
                it -> assertThat(it).isEqualTo(new LeaseProperties(Duration.ofSeconds(30), Duration.ofSeconds(10))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lease=999ms              | lease             | must be longer than or equal to 1 second",
                "lease=61m                | lease             | must be shorter than or equal to 1 hour",
                "heartbeat-interval=99ms  | heartbeatInterval | must be longer than or equal to 100 millis",
                "heartbeat-interval=21m   | heartbeatInterval | must be shorter than or equal to 20 minutes",
                "heartbeat-interval=11s   | heartbeat-interval| must be at most a third of rpa.worker.lease",
                "lease=29s                | heartbeat-interval| must be at most a third of rpa.worker.lease"
            })
    void refusesWhatIsOutOfBounds(String setting, String name, String bound) {
        settings.assertRefused("rpa.worker." + setting, name, bound);
    }
}
