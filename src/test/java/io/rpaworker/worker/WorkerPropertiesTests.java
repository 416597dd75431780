package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.BoundSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.util.unit.DataSize;

class WorkerPropertiesTests {

    private final BoundSettings<WorkerProperties> settings = new BoundSettings<>(WorkerProperties.class, Binding.class);

    @EnableConfigurationProperties(WorkerProperties.class)
    static class Binding {}

    @Test
    void defaults() {
        settings.whenBound(it -> assertThat(it)
                .isEqualTo(new WorkerProperties(
                        true,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(60),
                        true,
                        DataSize.ofMegabytes(16),
                        DataSize.ofMegabytes(64))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "watermark-sweep=99ms     | watermarkSweep    | must be longer than or equal to 100 millis",
                "watermark-sweep=61s      | watermarkSweep    | must be shorter than or equal to 1 minute",
                "drain-timeout=-1s        | drainTimeout      | must be longer than or equal to 0",
                "drain-timeout=25h        | drainTimeout      | must be shorter than or equal to 24 hours",
                "max-claim-bytes=63KB     | max-claim-bytes   | must be at least 64KB",
                "max-payload-bytes=63KB   | max-payload-bytes | must be at least 64KB and at most 512MB",
                "max-payload-bytes=513MB  | max-payload-bytes | must be at least 64KB and at most 512MB"
            })
    void refusesWhatIsOutOfBounds(String setting, String name, String bound) {
        settings.assertRefused("rpa.worker." + setting, name, bound);
    }
}
