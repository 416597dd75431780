package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class LeasePropertiesTests {

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Properties.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(LeaseProperties.class)
    static class Properties {}

    @Test
    void defaults() {
        context.run(it -> assertThat(it.getBean(LeaseProperties.class))
                .isEqualTo(new LeaseProperties(Duration.ofSeconds(30), Duration.ofSeconds(10))));
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
        context.withPropertyValues("rpa.worker." + setting)
                .run(it -> assertThat(it)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining(name)
                        .hasMessageContaining(bound));
    }
}
