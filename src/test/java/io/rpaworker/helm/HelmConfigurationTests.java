package io.rpaworker.helm;

import static io.rpaworker.helm.Manifests.rendered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The way of {@code application-<environment>.yml} into the pods. */
class HelmConfigurationTests {

    @ParameterizedTest
    @ValueSource(strings = {"development", "staging", "production"})
    void theConfigurationOfTheRepositoryArrivesUnchanged(String environment) throws IOException {
        var file = Path.of("config", "application-" + environment + ".yml");

        configurationArrivesUnchanged(environment, Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# a comment, {{ .Values.replicas }} and ünicode\nrpa:\n  global:\n    batch-size: 100_000\n",
                "rpa: {}",
                "  rpa:\n    global.enabled: 'no'\n",
                "a: \"${HOME}\\t\"\r\nb: [1e6, 0777, on]\n",
            })
    void anyConfigurationArrivesUnchanged(String config) throws IOException {
        configurationArrivesUnchanged("staging", config);
    }

    private static void configurationArrivesUnchanged(String environment, String config) throws IOException {
        var manifests = rendered(Map.of("environment", environment, "config", config));

        JsonNode data = manifests.the("ConfigMap").at("/data");
        assertThat(data.propertyNames()).containsExactly("application-" + environment + ".yml");
        assertThat(data.get("application-" + environment + ".yml").asString()).isEqualTo(config);
        assertThat(manifests.volume("config").at("/configMap/name"))
                .isEqualTo(manifests.the("ConfigMap").at("/metadata/name"));
        assertThat(manifests.mount("config").at("/mountPath").asString()).isEqualTo("/app/config");
        assertThat(manifests.environment()).containsEntry("SPRING_PROFILES_ACTIVE", environment);
    }

    @Test
    void newConfigurationMeansNewPods() throws IOException {
        assertThat(checksum("rpa.global.enabled: true"))
                .hasSize(64)
                .isEqualTo(checksum("rpa.global.enabled: true"))
                .isNotEqualTo(checksum("rpa.global.enabled: false"));
    }

    private static String checksum(String config) throws IOException {
        return rendered(Map.of("config", config))
                .the("Deployment")
                .at("/spec/template/metadata/annotations/checksum~1config")
                .asString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.datasource.password: hunter2",
                "rpa:\n  survey-hub:\n    password: \"hunter2\"",
                "spring.datasource.url: jdbc:postgresql://db/rpa_db?user=rpa&password=hunter2",
            })
    void aPasswordInTheConfigurationIsRefusedAndNotRepeated(String config) {
        assertThatIllegalStateException()
                .isThrownBy(() -> rendered(Map.of("config", config)))
                .withMessageContaining("config has a password; put it into the Secret")
                .satisfies(refusal -> assertThat(refusal).message().doesNotContain("hunter2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# password: not here",
                "rpa.survey-hub.password:\n",
                "spring.datasource.password: ${RPA_DB_PASSWORD}",
                "rpa.flows.passwords.enabled: true",
            })
    void whatOnlySpeaksOfPasswordsIsNot(String config) throws IOException {
        assertThat(rendered(Map.of("config", config)).kinds()).contains("ConfigMap");
    }

    @Test
    void brokenConfigurationIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> rendered(Map.of("config", "rpa:\n\tglobal: {}")))
                .withMessageContaining("config is not the YAML of an application-production.yml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpa:\n  worker:\n    drainTimeout: 5m",
                "rpa:\n  worker:\n    drain_timeout: 5m",
                "rpa.worker: {drain-timeout: 5m}",
                "rpa:\n  worker.drain-timeout: 5m",
                "rpa.worker.lease: 30s\n---\nrpa.worker.drain-timeout: 5m",
                "rpa.worker.drain-timeout: 90s\n---\nrpa.worker.drain-timeout: 5m",
            })
    void aDrainTimeoutThatTheChartCannotReadIsRefused(String config) throws IOException {
        assertThatIllegalStateException()
                .isThrownBy(() -> rendered(Map.of("config", config)))
                .withMessageContaining("config has a drain timeout that the chart cannot read");

        assertThat(rendered(Map.of("config", config, "drainTimeout", "5m")).environment())
                .containsEntry("RPA_WORKER_DRAIN_TIMEOUT", "5m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpa.worker.drain-timeout: 5m # the drain-timeout of night runs",
                "rpa:\n  worker:\n    # no other drainTimeout\n    drain-timeout: 5m",
            })
    void aDrainTimeoutOfTheConfigurationIsTaken(String config) throws IOException {
        assertThat(rendered(Map.of("config", config)).environment()).containsEntry("RPA_WORKER_DRAIN_TIMEOUT", "5m");
    }

    @Test
    void whatOnlySpeaksOfADrainTimeoutIsNone() throws IOException {
        assertThat(rendered(Map.of("config", "# drain-timeout: 5m")).environment())
                .containsEntry("RPA_WORKER_DRAIN_TIMEOUT", "60s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2M", "90", "0s", "25h", "90000s"})
    void aDrainTimeoutThatGivesNoGracePeriodIsRefused(String drainTimeout) {
        assertThatIllegalStateException()
                .isThrownBy(() -> rendered(Map.of("config", "rpa.worker.drain-timeout: " + drainTimeout)))
                .withMessageContaining("was " + drainTimeout);
    }
}
