package io.rpaworker.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.handlerjar.HandlerJars;
import io.rpaworker.handlerjar.WorkerBeans;
import io.rpaworker.lease.LeaseProperties;
import io.rpaworker.settings.SettingsChecks;
import io.rpaworker.settings.SettingsException;
import io.rpaworker.worker.ConfigurationProblems;
import io.rpaworker.worker.WorkerProperties;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.BeansException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.json.JsonMapper;

/** What is not wrong enough to stop a start, but has to be told. */
@ExtendWith(OutputCaptureExtension.class)
class StartWarningsTests {

    private static final String SECRET = "hunter2";

    @TempDir
    Path folder;

    private Map<String, Object> variables = Map.of();
    private Map<String, Object> systemProperties = Map.of();

    record Handler(String flow) implements RecordHandler<String, String> {

        @Override
        public Outcome<String> handle(WorkRecord<String> record) {
            return Outcome.completed("");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({
        SettingsChecks.class,
        FlowRegistry.class,
        UnreadVariables.class,
        ConfigurationProblems.class,
        HandlerJars.class
    })
    @EnableConfigurationProperties({WorkerProperties.class, LeaseProperties.class})
    static class Parts {

        @Bean
        WorkerBeans none() {
            return Map::of;
        }

        @Bean
        BesideFlows noRuns() {
            return flows -> List.of();
        }

        @Bean
        Handler dotted() {
            return new Handler("survey.v2");
        }

        @Bean
        Handler plain() {
            return new Handler("survey_processor");
        }

        @Bean
        Handler dashed() {
            return new Handler("order-sync");
        }

        @Bean
        JsonMapper json() {
            return new JsonMapper();
        }

        @Bean
        Validator validator() {
            return Validation.buildDefaultValidatorFactory().getValidator();
        }
    }

    @Test
    void aVariableThatCannotSwitchOffAFlowSaysThatItRunsOn(CapturedOutput output) throws IOException {
        write("application.yml", "rpa.flows.\"[survey.v2]\".enabled: true");
        variables = Map.of("RPA_FLOWS_SURVEY_V2_ENABLED", "false");

        start().close();

        assertThat(output)
                .contains("Flow survey.v2 STAYS ENABLED: the variable RPA_FLOWS_SURVEY_V2_ENABLED overrides nothing")
                .contains("rpa.flows.\"[survey.v2]\".enabled", "--rpa.flows[survey.v2].enabled=");
    }

    // What the warning says to do.
    @Test
    void theCommandLineSwitchesOffAFlowWithADot(CapturedOutput output) throws IOException {
        write("application.yml", "rpa.flows.\"[survey.v2]\".enabled: true");

        try (var context = start("--rpa.flows[survey.v2].enabled=false")) {
            assertThat(context.getBean(FlowRegistry.class).enabled()).isEmpty();
        }
        systemProperties = Map.of("rpa.flows[survey.v2].enabled", "false");
        try (var context = start()) {
            assertThat(context.getBean(FlowRegistry.class).enabled()).isEmpty();
        }
        assertThat(output).doesNotContain("overrides nothing");
    }

    @Test
    void aVariableForAFlowThatNoFileNamesSaysSo(CapturedOutput output) {
        variables = Map.of("RPA_FLOWS_SURVEY_PROCESSOR_ENABLED", "true");

        start().close();

        assertThat(output)
                .contains("Flow survey_processor STAYS DISABLED: the variable RPA_FLOWS_SURVEY_PROCESSOR_ENABLED");
    }

    @ParameterizedTest
    @CsvSource({
        "RPA_WORKER_LEESE, rpa.worker.lease, RPA_WORKER_LEASE",
        "RPA_WORKER_DRAIN_TIME, rpa.worker.drain-timeout, RPA_WORKER_DRAIN_TIMEOUT",
        "rpa_worker_leese, rpa.worker.lease, RPA_WORKER_LEASE",
        "RPA_GLOBAL_BATCH_SIZES, rpa.global.batch-size, RPA_GLOBAL_BATCH_SIZE",
        "RPA_FLOWS_SURVEY_PROCESSR_ENABLED, rpa.flows.survey_processor.enabled, RPA_FLOWS_SURVEY_PROCESSOR_ENABLED",
        "RPA_WORKERS_LEASE, rpa.worker.lease, RPA_WORKER_LEASE"
    })
    void aMistypedVariableIsToldWithTheNearestSetting(
            String variable, String nearest, String asVariable, CapturedOutput output) {
        variables = Map.of(variable, SECRET);

        start().close();

        assertThat(output)
                .contains("The variable " + variable + " overrides nothing: no setting has this name."
                        + " The nearest is %s, as a variable %s".formatted(nearest, asVariable))
                .doesNotContain(SECRET);
    }

    @Test
    void aVariableForASettingOfANamedFlowIsToldWithTheNearest(CapturedOutput output) throws IOException {
        write("application.yml", "rpa.flows: {survey_processor: {enabled: true}, \"[survey.v2]\": {enabled: true}}");
        variables = Map.of("RPA_FLOWS_SURVEY_PROCESSOR_RETRY_MAXDELAY", "1m", "RPA_FLOWS_SURVEY_V2_BATCH_SIZE", "5");

        start().close();

        assertThat(output)
                .contains("The nearest is rpa.flows.survey_processor.retry.max-delay, as a variable"
                        + " RPA_FLOWS_SURVEY_PROCESSOR_RETRY_MAX_DELAY")
                .contains("Flow survey.v2 stays as it is: the variable RPA_FLOWS_SURVEY_V2_BATCH_SIZE overrides");
    }

    @Test
    void aMistypedSystemPropertyIsToldToo(CapturedOutput output) {
        systemProperties =
                Map.of("rpa.worker.leese", SECRET, "rpa.worker.lease", "31s", "rpa.handlers", folder.toString());

        start().close();

        assertThat(output).containsOnlyOnce("overrides nothing").doesNotContain(SECRET);
        assertThat(output).contains("The system property rpa.worker.leese overrides nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RPA_WORKER_SERVICE_HOST",
                "RPA_WORKER_SERVICE_PORT",
                "RPA_WORKER_SERVICE_PORT_HTTP",
                "RPA_WORKER_PORT",
                "RPA_WORKER_PORT_8080_TCP",
                "RPA_WORKER_PORT_8080_TCP_ADDR",
                "RPA_WORKER_PORT_8080_TCP_PROTO",
                "RPA_HANDLERS",
                "RPA_HANDLER_GREETING_URL",
                "RPA_LOCAL_EXIT_WHEN_DONE",
                "RPAX_Y",
                "RPA"
            })
    void whatIsNoSettingIsNotTold(String variable, CapturedOutput output) {
        variables = Map.of(variable, variable.equals("RPA_HANDLERS") ? folder.toString() : "tcp://10.0.0.1:8080");

        start().close();

        assertThat(output).doesNotContain("overrides nothing");
    }

    @ParameterizedTest
    @CsvSource({
        "RPA_WORKER_DRAIN_TIMEOUT, 5s",
        "RPA_WORKER_DRAINTIMEOUT, 5s",
        "rpa_worker_drain_timeout, 5s",
        "rpa.worker.drain-timeout, 5s",
        "RPA_GLOBAL_RETRY_INITIAL_DELAY, 5s",
        "RPA_GLOBAL_RETRY_INITIALDELAY, 5s",
        "RPA_FLOWS_SURVEY_PROCESSOR_ENABLED, false",
        "RPA_FLOWS_SURVEY_PROCESSOR_BATCH_SIZE, 5",
        "RPA_FLOWS_SURVEY_PROCESSOR_RETRY_MAX_DELAY, 5m"
    })
    void aVariableThatIsReadIsNotTold(String variable, String value, CapturedOutput output) throws IOException {
        write("application.yml", "rpa.flows.survey_processor.enabled: true");
        variables = Map.of(variable, value);

        start().close();

        assertThat(output).doesNotContain("overrides nothing");
    }

    @Test
    void aStartWithoutAnEnabledFlowIsToldAndAProblem(CapturedOutput output) throws IOException {
        write("application.yml", "rpa.worker.lease: 31s");
        write("application-trial.yml", "");

        List<String> problems = problems("trial");

        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("No flow is enabled, so no record is processed. Known flows are [order-sync, survey.v2,"
                        + " survey_processor]; active profiles are [trial].");
        assertThat(output).containsOnlyOnce("No flow is enabled");
        variables = Map.of("RPA_WORKER_ENABLED", "false");
        assertThat(problems("trial")).isEmpty();
    }

    @Test
    void aProfileWithoutAFileIsToldAndAProblem(CapturedOutput output) throws IOException {
        write("application.yml", "rpa.flows.survey_processor.enabled: true");

        assertThat(problems("prodution"))
                .singleElement()
                .asString()
                .startsWith("Profile prodution is active, but has no file: application-prodution.yml is not in ")
                .contains(folder.toUri().toString());
        assertThat(output).contains("Profile prodution is active");
    }

    @Test
    void aProfileMayHaveTheFileOfOneOfSeveralNames() throws IOException {
        write("application.yml", "rpa.flows.survey_processor.enabled: true");
        write("more-trial.yml", "rpa.global.batch-size: 5");

        try (var context = start("--spring.profiles.active=trial", "--spring.config.name=application, more")) {
            assertThat(context.getBean(ConfigurationProblems.class).current()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RPA_FLOWS_ORDER_SYNC_ENABLED",
                "RPA_FLOWS_ORDERSYNC_ENABLED",
                "rpa_flows_order_sync_enabled",
                "RPA_FLOWS_ORDER__SYNC_ENABLED",
                "RPA_FLOWS_ORDER_SYNC_ENABELD",
                "RPA_FLOWS_ORDER_ENABLED",
                "RPA_FLOWS__ENABLED",
                "RPA_FLOWS_ENABLED",
                "RPA__FLOWS_ORDER_SYNC_ENABLED",
                "RPA_FLOW_ORDER_SYNC_ENABLED",
                "rpa.flows.order-sync.enabled",
                "RPA_FLOWS_ORDER_SYNC_SERVICE_HOSTS"
            })
    void aVariableEitherSwitchesAFlowOffOrIsTold(String variable, CapturedOutput output) throws IOException {
        write("application.yml", "rpa.flows.order-sync.enabled: true");
        variables = Map.of(variable, "false");

        try (var context = start()) {
            boolean enabled = context.getBean(FlowRegistry.class).enabled().contains("order-sync");
            assertThat(output.getAll().contains(variable + " overrides nothing"))
                    .isEqualTo(enabled);
        } catch (BeansException refused) {
            assertThat(NestedExceptionUtils.getMostSpecificCause(refused))
                    .isInstanceOfAny(SettingsException.class, ConverterNotFoundException.class);
        }
    }

    @Test
    void aProfileWithAPartOfAFileHasOne() throws IOException {
        write("application.yml", """
                rpa.flows.survey_processor.enabled: true
                ---
                spring.config.activate.on-profile: trial | other
                rpa.worker.lease: 31s
                """);
        write("application-more.properties", "rpa.global.batch-size=5");

        assertThat(problems("trial", "more")).isEmpty();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private List<String> problems(String... profiles) {
        try (var context = start("--spring.profiles.active=" + String.join(",", profiles))) {
            return context.getBean(ConfigurationProblems.class).current();
        }
    }

    private ConfigurableApplicationContext start(String... arguments) {
        var environment = TestVariables.environment(variables);
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
                        new MapPropertySource(
                                StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, systemProperties));
        return new SpringApplicationBuilder(Parts.class)
                .environment(environment)
                .web(WebApplicationType.NONE)
                .properties("spring.config.location=" + folder.toUri(), "spring.main.banner-mode=off")
                .run(arguments);
    }
}
