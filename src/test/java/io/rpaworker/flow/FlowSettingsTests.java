package io.rpaworker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.flow.FlowSettings.Mode;
import io.rpaworker.flow.FlowSettings.Threads;
import io.rpaworker.flow.RunSettings.CatchUp;
import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.settings.SettingsException;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class FlowSettingsTests {

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Properties.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(FlowsProperties.class)
    static class Properties {}

    @Test
    void defaults() {
        context.run(it -> assertThat(settings(it, "any"))
                .isEqualTo(new FlowSettings(
                        false,
                        Mode.DISTRIBUTED,
                        500,
                        Duration.ofSeconds(1),
                        16,
                        Threads.PLATFORM,
                        500,
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(5),
                        false,
                        3,
                        new Backoff(Duration.ofSeconds(10), 3, Duration.ofMinutes(10)),
                        Duration.ofHours(1),
                        Limits.NONE,
                        Partition.ALL,
                        new RunSettings(null, ZoneId.of("UTC"), CatchUp.LAST, Overlap.SKIP, 1_000, 50_000, 3))));
    }

    @Test
    void aFlowsOwnSettingBeatsTheGlobalOneAndThatTheDefault() {
        context.withPropertyValues(
                        "rpa.global.batch-size=200",
                        "rpa.global.mode=standard",
                        "rpa.global.retry.initial-delay=2s",
                        "rpa.global.partition.instance-count=4",
                        "rpa.flows.one.enabled=true",
                        "rpa.flows.one.batch-size=300",
                        "rpa.flows.one.retry.multiplier=1.5",
                        "rpa.flows.one.partition.instance-id=3")
                .run(it -> {
                    FlowSettings one = settings(it, "one");
                    assertThat(one.enabled()).isTrue();
                    assertThat(one.batchSize()).isEqualTo(300);
                    assertThat(one.mode()).isEqualTo(Mode.STANDARD);
                    assertThat(one.concurrency()).isEqualTo(16);
                    assertThat(one.backoff())
                            .isEqualTo(new Backoff(Duration.ofSeconds(2), 1.5, Duration.ofMinutes(10)));
                    assertThat(one.partition()).isEqualTo(new Partition(3, 4));
                    assertThat(settings(it, "two").enabled()).isFalse();
                    assertThat(settings(it, "two").batchSize()).isEqualTo(200);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch-size              | 0     | must be greater than or equal to 1",
                "batch-size              | 10001 | must be less than or equal to 10000",
                "concurrency             | 0     | must be greater than or equal to 1",
                "concurrency             | 10001 | must be less than or equal to 10000",
                "claim-ahead             | -1ms  | must be longer than or equal to 0",
                "claim-ahead             | 11m   | must be shorter than or equal to 10 minutes",
                "chunk-size              | 0     | must be greater than or equal to 1",
                "chunk-size              | 10001 | must be less than or equal to 10000",
                "poll-interval           | 9ms   | must be longer than or equal to 10 millis",
                "poll-interval           | 61m   | must be shorter than or equal to 1 hour",
                "record-timeout          | 99ms  | must be longer than or equal to 100 millis",
                "record-timeout          | 25h   | must be shorter than or equal to 1 day",
                "max-retries             | 0     | must be greater than or equal to 1",
                "max-retries             | 1001  | must be less than or equal to 1000",
                "retry.initial-delay     | 0ms   | must be longer than or equal to 1 milli",
                "retry.initial-delay     | 25h   | must be shorter than or equal to 1 day",
                "retry.multiplier        | 0.9   | must be greater than or equal to 1.0",
                "retry.multiplier        | 101   | must be less than or equal to 100.0",
                "retry.max-delay         | 0ms   | must be longer than or equal to 1 milli",
                "retry.max-delay         | 8d    | must be shorter than or equal to 7 days",
                "cleanup-timeout         | 59s   | must be longer than or equal to 1 minute",
                "cleanup-timeout         | 31d   | must be shorter than or equal to 30 days",
                "rate-limit              | 0.009   | must be greater than or equal to 0.01",
                "rate-limit              | 1000001 | must be less than or equal to 1000000",
                "max-in-flight           | 0       | must be greater than or equal to 1",
                "max-in-flight           | 1000001 | must be less than or equal to 1000000",
                "partition.instance-id   | -1    | must be greater than or equal to 0",
                "partition.instance-count| 0     | must be greater than or equal to 1",
                "partition.instance-count| 1001  | must be less than or equal to 1000",
            })
    void refusesWhatIsOutOfBounds(String key, String value, String bound) {
        for (String prefix : new String[] {"rpa.global.", "rpa.flows.f."}) {
            context.withPropertyValues(prefix + key + "=" + value)
                    .run(it -> assertThat(it)
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining(bound)
                            .hasMessageContaining(camelCase(key)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry.initial-delay=11m      | retry.initial-delay (11 min) is longer than retry.max-delay (10 min)",
                "record-timeout=1h            | record-timeout (1 h) is not shorter than cleanup-timeout (1 h)",
                "partition.instance-id=1      | partition.instance-id (1) is not below partition.instance-count (1)"
            })
    void refusesWhatContradictsItself(String setting, String message) {
        context.withPropertyValues("rpa.flows.f." + setting)
                .run(it -> assertThatExceptionOfType(SettingsException.class)
                        .isThrownBy(() -> settings(it, "f"))
                        .withMessage("Flow 'f': " + message));
    }

    private static FlowSettings settings(AssertableApplicationContext context, String flow) {
        FlowsProperties properties = context.getBean(FlowsProperties.class);
        return FlowSettings.of(flow, properties.flows().get(flow), properties.global());
    }

    private static String camelCase(String key) {
        var camel = new StringBuilder();
        String last = key.substring(key.indexOf('.') + 1);
        for (String word : last.split("-", -1)) {
            camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }
}
