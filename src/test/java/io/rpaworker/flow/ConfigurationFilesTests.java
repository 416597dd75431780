package io.rpaworker.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.lease.LeaseProperties;
import io.rpaworker.settings.SettingsChecks;
import io.rpaworker.settings.SettingsException;
import io.rpaworker.worker.WorkerProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;

/** Which file and which variable says how a flow is processed. */
class ConfigurationFilesTests {

    @TempDir
    Path folder;

    private Map<String, Object> variables = Map.of();
    private Class<?>[] handlers = {};

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({FlowsProperties.class, WorkerProperties.class, LeaseProperties.class})
    @Import(SettingsChecks.class)
    static class Properties {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(Handlers.Greeting.class)
    static class Handlers {

        @ConfigurationProperties("rpa.greeting")
        record Greeting(String language) {}
    }

    @Test
    void theEnvironmentsFileBeatsTheCommonOne() throws IOException {
        write("application.yml", "rpa: {global: {batch-size: 1}, flows: {one: {batch-size: 2, concurrency: 3}}}");
        write("application-trial.yml", "rpa: {global: {batch-size: 10}, flows: {one: {concurrency: 30}}}");

        try (var context = start("trial")) {
            // As in the old system: the environment's flow, the flow, the environment's global, global.
            assertThat(settings(context, "one").concurrency()).isEqualTo(30);
            assertThat(settings(context, "one").batchSize()).isEqualTo(2);
            assertThat(settings(context, "two").batchSize()).isEqualTo(10);
        }
        try (var context = start("other")) {
            assertThat(settings(context, "one").concurrency()).isEqualTo(3);
            assertThat(settings(context, "two").batchSize()).isEqualTo(1);
        }
    }

    @Test
    void flowNamesKeepUnderscoresDashesAndCase() throws IOException {
        write("application.yml", """
                rpa.flows.survey_processor.enabled: true
                rpa.flows.survey-archive.enabled: true
                rpa.flows.surveyExport.enabled: true
                rpa:
                  flows:
                    "[survey.import]":
                      enabled: true
                """);

        try (var context = start("trial")) {
            assertThat(context.getBean(FlowsProperties.class).flows())
                    .containsOnlyKeys("survey_processor", "survey-archive", "surveyExport", "survey.import");
        }
    }

    @Test
    void aVariableOverridesAFlowThatAFileNames() throws IOException {
        write("application.yml", "rpa.flows.survey_processor: {enabled: false, batch-size: 5}");
        variables = Map.of("RPA_FLOWS_SURVEY_PROCESSOR_ENABLED", "true", "RPA_GLOBAL_BATCH_SIZE", "7");

        try (var context = start("trial")) {
            assertThat(context.getBean(FlowsProperties.class).flows()).containsOnlyKeys("survey_processor");
            assertThat(settings(context, "survey_processor").enabled()).isTrue();
            assertThat(settings(context, "survey_processor").batchSize()).isEqualTo(5);
            assertThat(settings(context, "other").batchSize()).isEqualTo(7);
        }
    }

    // Where the flow's name ends and the setting's begins cannot be told from the variable alone.
    @Test
    void aVariableDoesNotNameAFlowByItself() {
        variables = Map.of("RPA_FLOWS_SURVEY_PROCESSOR_ENABLED", "true");

        try (var context = start("trial")) {
            assertThat(context.getBean(FlowsProperties.class).flows()).isEmpty();
        }
    }

    @Test
    void aMistypedKeyStopsTheStartAndSaysWhatIsNear() throws IOException {
        write("application.yml", "rpa.flows.survey_processor:\n  enabled: true\n  batchsize-typo: 5\n");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> start("trial"))
                .withMessageStartingWith("rpa.flows.survey_processor.batchsize-typo is no setting; it stands in")
                .withMessageContaining("application.yml]")
                .withMessageEndingWith("3:19")
                .extracting(SettingsException::action)
                .asString()
                .startsWith("Did you mean rpa.flows.survey_processor.batch-size? Known under"
                        + " rpa.flows.survey_processor are enabled, mode, batch-size,")
                .contains("retry.initial-delay");
    }

    @Test
    void mistypedKeysForAllFlowsAndForTheReplicaStopTheStartToo() throws IOException {
        write("application.yml", "rpa.global.retry.inital-delay: 5s");
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> start("trial"))
                .withMessageContaining("rpa.global.retry.inital-delay is no setting")
                .satisfies(it -> assertThat(it.action()).startsWith("Did you mean rpa.global.retry.initial-delay?"));

        write("application.yml", "rpa.worker.drain-time: 5s");
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> start("trial"))
                .withMessageContaining("rpa.worker.drain-time is no setting")
                .satisfies(it -> assertThat(it.action()).startsWith("Did you mean rpa.worker.drain-timeout?"));
    }

    @ParameterizedTest
    @CsvSource({
        "rpa.flow.one.enabled, rpa.flows",
        "rpa.foo, rpa.flows",
        "rpa.workers.lease, rpa.worker",
        "rpa.gobal.batch-size, rpa.global"
    })
    void aMistypedGroupOfSettingsStopsTheStart(String key, String meant) throws IOException {
        write("application.yml", key + ": 1");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> start("trial"))
                .withMessageContaining(key + " is no setting; it stands in")
                .satisfies(it -> assertThat(it.action())
                        .isEqualTo(
                                ("Did you mean %s? Known under rpa are flows, global, worker. A handler's own settings"
                                                + " stand under rpa.handler.<name>.")
                                        .formatted(meant)));
    }

    @Test
    void aHandlersOwnGroupOfSettingsIsKnown() throws IOException {
        write("application.yml", "rpa.greeting.language: en");
        handlers = new Class<?>[] {Handlers.class};

        start("trial").close();
    }

    @Test
    void ofHandlersOwnSettingsNothingIsUnknown() throws IOException {
        write("application.yml", "rpa.handler.greeting: {language: en, formal: true}");

        start("trial").close();
    }

    @Test
    void aMistypedKeyOfAHandlersGroupStopsTheStart() throws IOException {
        write("application.yml", "rpa.greeting.langage: en");
        handlers = new Class<?>[] {Handlers.class};

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> start("trial"))
                .withMessageContaining("rpa.greeting.langage is no setting")
                .satisfies(it -> assertThat(it.action()).startsWith("Did you mean rpa.greeting.language?"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpa.global.record-timeout: 300        | rpa.global.record-timeout is 300",
                "rpa.flows.one.record-timeout: 300     | rpa.flows.one.record-timeout is 300",
                "rpa.flows.one.record-timeout: '300'   | rpa.flows.one.record-timeout is 300",
                "rpa.flows.one.recordTimeout: 1:30     | rpa.flows.one.record-timeout is 90",
                "rpa.flows.one.retry.max-delay: 60     | rpa.flows.one.retry.max-delay is 60",
                "rpa.worker.lease: ${some.where}       | rpa.worker.lease is 30",
                "rpa.worker.drain-timeout: 10          | rpa.worker.drain-timeout is 10"
            })
    void aDurationWithoutAUnitStopsTheStart(String setting, String message) throws IOException {
        write("application.yml", setting + "\nsome.where: 30\n");

        assertThatException()
                .isThrownBy(() -> start("trial"))
                .extracting(NestedExceptionUtils::getMostSpecificCause)
                .isInstanceOfSatisfying(SettingsException.class, it -> {
                    assertThat(it).hasMessageStartingWith(message).hasMessageContaining("application.yml");
                    assertThat(it.action()).containsPattern("Write \\d+s if seconds are meant");
                });
    }

    @Test
    void aDurationWithoutAUnitInAVariableStopsTheStartToo() {
        variables = Map.of("RPA_WORKER_DRAIN_TIMEOUT", "120");

        assertThatException()
                .isThrownBy(() -> start("trial"))
                .extracting(NestedExceptionUtils::getMostSpecificCause)
                .asString()
                .contains("is 120, which has no unit; it stands in", "RPA_WORKER_DRAIN_TIMEOUT");
    }

    @Test
    void durationsWithAUnitAreTaken() throws IOException {
        write(
                "application.yml",
                "rpa.worker: {drain-timeout: 0, lease: 90s}\nrpa.flows.one: {record-timeout: PT5M, poll-interval: 100ms}");

        try (var context = start("trial")) {
            assertThat(context.getBean(WorkerProperties.class).drainTimeout()).isZero();
            assertThat(settings(context, "one").recordTimeout()).isEqualTo(Duration.ofMinutes(5));
        }
    }

    @Test
    void aFlowWithADotInItsNameIsNotMistakenForASetting() throws IOException {
        write("application.yml", "rpa.flows.survey.import.enabled: true");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> start("trial"))
                .withMessageContaining("rpa.flows.survey.import.enabled is no setting")
                .satisfies(it -> assertThat(it.action()).endsWith("a dot is written \"[its.name]\"."));
    }

    @Test
    void variablesThatMeanSomethingElseAreNoneOfOurBusiness() {
        variables = Map.of("RPA_WORKER_SERVICE_HOST", "10.0.0.1", "RPA_GLOBAL_X", "y");

        start("trial").close();
    }

    private void write(String file, String yaml) throws IOException {
        Files.writeString(folder.resolve(file), yaml);
    }

    private ConfigurableApplicationContext start(String profile) {
        return new SpringApplicationBuilder(Properties.class)
                .sources(handlers)
                .environment(TestVariables.environment(variables))
                .web(WebApplicationType.NONE)
                .profiles(profile)
                .run("--spring.config.location=" + folder.toUri(), "--spring.main.banner-mode=off");
    }

    private static FlowSettings settings(ConfigurableApplicationContext context, String flow) {
        FlowsProperties properties = context.getBean(FlowsProperties.class);
        return FlowSettings.of(flow, properties.flows().get(flow), properties.global());
    }
}
