package io.rpaworker.surveyhub;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

class SurveyHubPropertiesTests {

    private final BoundSettings<SurveyHubProperties> settings =
            new BoundSettings<>(SurveyHubProperties.class, Binding.class);

    @EnableConfigurationProperties(SurveyHubProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(it ->
                assertThat(it).isEqualTo(new SurveyHubProperties(null, null, null, 8, ofSeconds(10), ofSeconds(45))));
    }

    @ParameterizedTest
    @CsvSource({
        "maximum-pool-size, 0, maximumPoolSize, greater than or equal to 1",
        "maximum-pool-size, 201, maximumPoolSize, less than or equal to 200",
        "connection-timeout, 999ms, connectionTimeout, longer than or equal to 1 second",
        "connection-timeout, 61s, connectionTimeout, shorter than or equal to 60 seconds",
        "query-timeout, 999ms, queryTimeout, longer than or equal to 1 second",
        "query-timeout, 61m, queryTimeout, shorter than or equal to 1 hour"
    })
    void refusesWhatIsOutOfBounds(String property, String value, String name, String bound) {
        settings.assertRefused("rpa.survey-hub." + property + "=" + value, name, bound);
    }

    @Test
    void keepsThePasswordToItself() {
        settings.whenBound(it -> assertThat(it).asString().doesNotContain("s3cret"), "rpa.survey-hub.password=s3cret");
    }
}
