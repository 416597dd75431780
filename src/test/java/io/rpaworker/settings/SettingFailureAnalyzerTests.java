package io.rpaworker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.FlowsProperties;
import io.rpaworker.lease.LeaseProperties;
import io.rpaworker.worker.WorkerProperties;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class SettingFailureAnalyzerTests {

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({
        FlowsProperties.class,
        WorkerProperties.class,
        LeaseProperties.class,
        DataSourceSettings.class,
        StrictSettings.class
    })
    static class Settings {}

    @ConfigurationProperties("spring.datasource.hikari")
    record DataSourceSettings(int maximumPoolSize) {}

    @ConfigurationProperties(prefix = "rpa.strict", ignoreUnknownFields = false)
    record StrictSettings(String name) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpa.worker.lease=often                     | rpa.worker.lease | often",
                "rpa.worker.lease=61m                       | rpa.worker.lease | PT1H1M",
                "rpa.flows.invoice=true                     | rpa.flows.invoice | it takes no value, but settings below it",
                "rpa.worker.lease=5 min                     | rpa.worker.lease | 5 min",
                "rpa.worker.lease=5m30s                     | rpa.worker.lease | 5m30s",
                "rpa.worker.lease=-5s                       | rpa.worker.lease | must be longer than",
                "rpa.global.batch-size=0                    | rpa.global.batchSize | 0",
                "rpa.worker.heartbeat-interval=11s          | rpa.worker | at most a third of rpa.worker.lease"
            })
    void aHarmlessValueIsShown(String setting, String name, String shown) {
        context.withPropertyValues(setting)
                .run(it -> assertThat(analysis(it.getStartupFailure())).contains(name, shown));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spring.datasource.hikari.maximum-pool-size=hunter2 | spring.datasource.hikari.maximum-pool-size",
                "rpa.strict.passwort=hunter2                        | rpa.strict.passwort",
                "rpa.flows.secret-flow.batch-size=hunter2           | rpa.flows.secret-flow.batch-size"
            })
    void whatMayBeASecretIsNot(String setting, String name) {
        context.withPropertyValues(setting)
                .run(it -> assertThat(analysis(it.getStartupFailure()))
                        .contains(name, "Origin: ")
                        .doesNotContain("hunter2"));
    }

    private static String analysis(@Nullable Throwable failure) {
        FailureAnalysis analysis = new SettingFailureAnalyzer().analyze(Objects.requireNonNull(failure));
        return Objects.requireNonNull(analysis).getDescription() + analysis.getAction();
    }
}
