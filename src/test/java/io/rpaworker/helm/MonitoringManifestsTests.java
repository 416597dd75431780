package io.rpaworker.helm;

import static io.rpaworker.helm.Manifests.rendered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the chart tells Prometheus and Grafana. */
class MonitoringManifestsTests {

    @Test
    void theServiceIsScrapedAtItsManagementPort() throws IOException {
        var manifests = rendered(Map.of(
                "metrics", Map.of("serviceMonitor", Map.of("enabled", true, "labels", Map.of("release", "prom")))));
        JsonNode monitor = manifests.the("ServiceMonitor");

        assertThat(monitor.at("/metadata/labels/release").asString()).isEqualTo("prom");
        assertThat(monitor.at("/spec/endpoints").toString())
                .isEqualTo("[{\"port\":\"management\",\"path\":\"/actuator/prometheus\","
                        + "\"interval\":\"15s\",\"scrapeTimeout\":\"10s\"}]");
        assertThat(manifests.the("Service").at("/metadata/labels").properties())
                .containsAll(monitor.at("/spec/selector/matchLabels").properties());
    }

    @Test
    void theRulesAreThoseOfTheFileAboutThisRelease() throws IOException {
        var rendered = AlertRules.of(rules(Map.of()));
        AlertRules file = AlertRules.ofTheFile();

        String ours = "namespace=\"rpa\",job=\"night-rpa-worker\"";
        file.all().forEach(it -> {
            var expected = (ObjectNode) it.deepCopy();
            expected.put("expr", it.at("/expr").asString().replace("job=\"rpa-worker\"", ours));
            assertThat(rendered.the(it.at("/alert").asString())).isEqualTo(expected);
        });
        assertThat(rendered.names()).containsExactlyElementsOf(file.names());
    }

    @Test
    void valuesChangeAllAlertsOrOne() throws IOException {
        var rendered = AlertRules.of(rules(Map.of(
                "selector",
                "app=\"workers\"",
                "runbookBaseUrl",
                "https://git.example/main/",
                "alertLabels",
                Map.of("team", "rpa"),
                "for",
                "1s",
                "disabled",
                List.of("ContainerDown"),
                "overrides",
                Map.of("NoLeader", Map.of("for", "1h", "labels", Map.of("severity", "info"), "expr", "up < 1")))));

        assertThat(rendered.names()).doesNotContain("ContainerDown").hasSizeGreaterThan(30);
        assertThat(rendered.the("StuckCalls").at("/expr").asString())
                .isEqualTo("rpa_slots{app=\"workers\",state=\"stuck\"} > 0\n");
        assertThat(rendered.the("StuckCalls").at("/annotations/runbook_url").asString())
                .isEqualTo("https://git.example/main/docs/operations.md#alert-stuckcalls");
        assertThat(rendered.the("StuckCalls").at("/labels").toString())
                .isEqualTo("{\"severity\":\"warning\",\"team\":\"rpa\"}");
        assertThat(rendered.the("StuckCalls").at("/for").asString()).isEqualTo("1s");
        assertThat(rendered.the("NoLeader").at("/expr").asString()).isEqualTo("up < 1");
        assertThat(rendered.the("NoLeader").at("/for").asString()).isEqualTo("1h");
        assertThat(rendered.the("NoLeader").at("/labels").toString())
                .isEqualTo("{\"severity\":\"info\",\"team\":\"rpa\"}");
    }

    @Test
    void anAlertThatIsNotThereIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> rules(Map.of("disabled", List.of("NoLaeder"))))
                .withMessageContaining("there is no alert NoLaeder");
        assertThatIllegalStateException()
                .isThrownBy(() -> rules(Map.of("overrides", Map.of("noleader", Map.of("for", "1h")))))
                .withMessageContaining("there is no alert noleader");
    }

    @Test
    void theDashboardArrivesUnchanged() throws IOException {
        var manifests = rendered(Map.of("metrics", Map.of("dashboard", Map.of("enabled", true))));
        JsonNode dashboard = manifests.all().stream()
                .filter(it -> it.at("/metadata/name").asString().endsWith("-dashboard"))
                .findFirst()
                .orElseThrow();

        assertThat(dashboard.at("/kind").asString()).isEqualTo("ConfigMap");
        assertThat(dashboard.at("/metadata/labels/grafana_dashboard").asString())
                .isEqualTo("1");
        assertThat(dashboard.at("/data").get("night-rpa-worker.json").asString())
                .isEqualTo(Files.readString(Dashboard.FILE));
    }

    private static Manifests rules(Map<String, Object> values) throws IOException {
        var rule = new HashMap<>(values);
        rule.put("enabled", true);
        return rendered(Map.of("metrics", Map.of("prometheusRule", rule)));
    }
}
