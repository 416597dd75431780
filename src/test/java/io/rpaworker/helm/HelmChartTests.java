package io.rpaworker.helm;

import static io.rpaworker.helm.Manifests.CHART;
import static io.rpaworker.helm.Manifests.rendered;
import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import tools.jackson.databind.JsonNode;

class HelmChartTests {

    private static final Map<String, Object> DEFAULTS = Map.of();

    private static final Map<String, Object> NETWORK_POLICY = Map.of(
            "networkPolicy",
            Map.of("enabled", true, "egress", List.of(Map.of("ports", List.of(Map.of("port", 5432))))));

    @Test
    void lintFindsNothing() {
        var result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages()).noneMatch(it -> it.contains("[WARNING]") || it.contains("[ERROR]"));
    }

    @Test
    void theDefaultImageIsThisVersionOfTheWorker() throws IOException {
        var build = PropertiesLoaderUtils.loadProperties(new ClassPathResource("META-INF/build-info.properties"));

        assertThat(rendered(DEFAULTS).container().at("/image").asString())
                .isEqualTo("rpa-worker:" + build.getProperty("build.version"));
    }

    @Test
    void aDigestWinsOverTheTag() throws IOException {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);
        var manifests = rendered(Map.of("image", Map.of("repository", "here/worker", "tag", "7", "digest", digest)));

        assertThat(manifests.container().at("/image").asString()).isEqualTo("here/worker@" + digest);
    }

    @Test
    void rendersOnlyWhatIsNeededByDefault() throws IOException {
        assertThat(rendered(DEFAULTS).kinds())
                .containsExactlyInAnyOrder("ConfigMap", "Deployment", "Service", "ServiceAccount");
    }

    @Test
    void scalesToNone() throws IOException {
        assertThat(rendered(Map.of("replicas", 0))
                        .the("Deployment")
                        .at("/spec/replicas")
                        .asInt(-1))
                .isZero();
    }

    @Test
    void probesAskTheManagementPortAndLivenessAsksNoDatabase() throws IOException {
        JsonNode container = rendered(DEFAULTS).container();

        assertThat(container.at("/ports").valueStream().map(JsonNode::toString))
                .containsExactly("{\"name\":\"management\",\"containerPort\":8081,\"protocol\":\"TCP\"}");
        assertThat(Stream.of("startup", "liveness", "readiness")
                        .map(it -> container.at("/" + it + "Probe/httpGet").toString()))
                .containsExactly(
                        "{\"path\":\"/actuator/health/liveness\",\"port\":\"management\"}",
                        "{\"path\":\"/actuator/health/liveness\",\"port\":\"management\"}",
                        "{\"path\":\"/actuator/health/readiness\",\"port\":\"management\"}");
    }

    @Test
    void thePortForPagesIsClosedUnlessItIsGiven() throws IOException {
        assertThat(ports(rendered(DEFAULTS))).containsExactly("management 8081");
        assertThat(rendered(DEFAULTS).environment()).doesNotContainKey("SERVER_PORT");

        // As it was before there was a choice.
        var given = rendered(Map.of("service", Map.of("httpPort", 80)));
        assertThat(ports(given)).containsExactly("http 80", "management 8081");
        assertThat(given.container().at("/ports/0/containerPort").asInt()).isEqualTo(8080);
        assertThat(given.environment()).containsEntry("SERVER_PORT", "8080");
    }

    private static List<String> ports(Manifests manifests) {
        return manifests
                .the("Service")
                .at("/spec/ports")
                .valueStream()
                .map(it -> it.at("/name").asString() + " " + it.at("/port").asInt())
                .toList();
    }

    @Test
    void theStartMayTakeMinutes() throws IOException {
        JsonNode probe = rendered(DEFAULTS).container().at("/startupProbe");

        assertThat(probe.at("/periodSeconds").asInt()
                        * probe.at("/failureThreshold").asInt())
                .isBetween(120, 600);
    }

    @ParameterizedTest
    @CsvSource({"1s, 16", "60s, 75", "90s, 105", "5m, 315", "2h, 7215", "86400s, 86415"})
    void theGracePeriodIsTheDrainAndFifteenSeconds(String drainTimeout, int gracePeriod) throws IOException {
        drains(Map.of("drainTimeout", drainTimeout), drainTimeout, gracePeriod);
    }

    @Test
    void theDrainIsTheConfigurationsUnlessAValueSaysOtherwise() throws IOException {
        String nested = "rpa:\n  worker:\n    drain-timeout: 3m";

        drains(DEFAULTS, "60s", 75);
        drains(Map.of("config", "rpa:\n  worker:\n"), "60s", 75);
        drains(Map.of("config", nested), "3m", 195);
        drains(Map.of("config", "rpa.worker.drain-timeout: 2m"), "2m", 135);
        drains(Map.of("config", nested, "drainTimeout", "30s"), "30s", 45);
    }

    private static void drains(Map<String, Object> values, String drainTimeout, int gracePeriod) throws IOException {
        var manifests = rendered(values);

        assertThat(manifests.pod().at("/terminationGracePeriodSeconds").asInt()).isEqualTo(gracePeriod);
        assertThat(manifests.environment()).containsEntry("RPA_WORKER_DRAIN_TIMEOUT", drainTimeout);
    }

    @Test
    void noReplicaStopsBeforeItsSuccessorIsReady() throws IOException {
        JsonNode deployment = rendered(DEFAULTS).the("Deployment");

        assertThat(deployment.at("/spec/strategy").toString())
                .isEqualTo("{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxUnavailable\":0,\"maxSurge\":1}}");
        assertThat(deployment.at("/spec/minReadySeconds").asInt()).isPositive();
    }

    static Stream<Map<String, Object>> everyForm() {
        return Stream.of(
                DEFAULTS,
                Map.of("environment", "development", "replicas", 1),
                Map.of("handlers", Map.of("volume", Map.of("persistentVolumeClaim", Map.of("claimName", "jars")))),
                Map.of("handlers", Map.of("volume", Map.of("image", Map.of("reference", "here/handlers:1")))),
                Map.of("podDisruptionBudget", Map.of("enabled", true)),
                NETWORK_POLICY,
                Map.of("access", Map.of("usersSecret", "users")),
                Map.of("serviceAccount", Map.of("create", false)));
    }

    @ParameterizedTest
    @MethodSource("everyForm")
    void everyFormOfThePodIsRestricted(Map<String, Object> values) throws IOException {
        assertThat(RestrictedPod.violations(rendered(values).pod())).isEmpty();
    }

    @Test
    void aWeakenedPodIsSeenToBe() throws IOException {
        var values = Map.<String, Object>of(
                "podSecurityContext", Map.of("runAsUser", 0, "runAsNonRoot", false),
                "securityContext", Map.of("readOnlyRootFilesystem", false, "privileged", true));

        assertThat(RestrictedPod.violations(rendered(values).pod()))
                .containsExactlyInAnyOrder(
                        "/securityContext/readOnlyRootFilesystem is 'false'",
                        "/securityContext/privileged is there",
                        "/securityContext/runAsNonRoot is not true",
                        "/securityContext/runAsUser below 10000");
    }

    @Test
    void secretsComeAsFilesAndInNoOtherWay() throws IOException {
        var manifests = rendered(Map.of("existingSecret", "connections"));

        assertThat(manifests.volume("secrets").toString())
                .isEqualTo("{\"name\":\"secrets\",\"secret\":{\"secretName\":\"connections\",\"defaultMode\":288}}");
        assertThat(manifests.mount("secrets").toString())
                .isEqualTo("{\"name\":\"secrets\",\"mountPath\":\"/run/secrets/rpa\",\"readOnly\":true}");
        assertThat(manifests.kinds()).doesNotContain("Secret");
        assertThat(manifests.environment())
                .containsOnlyKeys("SPRING_PROFILES_ACTIVE", "RPA_WORKER_DRAIN_TIMEOUT")
                .doesNotContainValue("");
        assertThat(manifests.container().has("envFrom")).isFalse();
    }

    @Test
    void whoMayLookIsSaidByASecretOrAnIssuer() throws IOException {
        var manifests = rendered(Map.of(
                "access",
                Map.of(
                        "usersSecret",
                        "people",
                        "closed",
                        true,
                        "jwt",
                        Map.of("issuerUri", "https://sso.example", "audience", "rpa"))));

        assertThat(manifests.environment())
                .containsEntry("RPA_ACCESS_USERS_FILE", "/run/secrets/rpa-access/users")
                .containsEntry("RPA_ACCESS_CLOSED", "true")
                .containsEntry("RPA_ACCESS_JWT_ISSUER_URI", "https://sso.example")
                .containsEntry("RPA_ACCESS_JWT_AUDIENCE", "rpa");
        assertThat(manifests.volume("users").at("/secret/secretName").asString())
                .isEqualTo("people");
        assertThat(manifests.mount("users").toString())
                .isEqualTo("{\"name\":\"users\",\"mountPath\":\"/run/secrets/rpa-access\",\"readOnly\":true}");
        assertThat(rendered(DEFAULTS).mount("users").isMissingNode()).isTrue();
    }

    @Test
    void theOptionsOfTheJvmAreTheImagesUnlessTheyAreGiven() throws IOException {
        assertThat(rendered(Map.of("javaOptions", "-XX:MaxRAMPercentage=50 -XX:+UseZGC"))
                        .environment())
                .containsEntry("JDK_JAVA_OPTIONS", "-XX:MaxRAMPercentage=50 -XX:+UseZGC");
    }

    @Test
    void handlersAreMountedReadOnlyAndOnlyIfThereAreAny() throws IOException {
        var volume = Map.of("persistentVolumeClaim", Map.of("claimName", "jars"));
        var manifests = rendered(Map.of("handlers", Map.of("volume", volume)));

        assertThat(manifests
                        .volume("handlers")
                        .at("/persistentVolumeClaim/claimName")
                        .asString())
                .isEqualTo("jars");
        assertThat(manifests.mount("handlers").toString())
                .isEqualTo("{\"name\":\"handlers\",\"mountPath\":\"/app/handlers\",\"readOnly\":true}");
        assertThat(rendered(DEFAULTS).mount("handlers").isMissingNode()).isTrue();
    }

    @Test
    void everySelectorFindsThePods() throws IOException {
        var values = Map.<String, Object>of(
                "podDisruptionBudget", Map.of("enabled", true),
                "networkPolicy", NETWORK_POLICY.get("networkPolicy"),
                "topologySpreadConstraints", List.of(Map.of("maxSkew", 1, "topologyKey", "zone")));
        var manifests = rendered(values);

        JsonNode deployment = manifests.the("Deployment").at("/spec");
        var labels = deployment.at("/template/metadata/labels").properties();
        assertThat(List.of(
                        deployment.at("/selector/matchLabels"),
                        manifests.the("Service").at("/spec/selector"),
                        manifests.the("PodDisruptionBudget").at("/spec/selector/matchLabels"),
                        manifests.the("NetworkPolicy").at("/spec/podSelector/matchLabels"),
                        manifests.pod().at("/topologySpreadConstraints/0/labelSelector/matchLabels")))
                .allSatisfy(selector -> {
                    assertThat(selector.properties()).hasSize(2);
                    assertThat(labels).containsAll(selector.properties());
                });
    }

    @Test
    void theNetworkPolicyLetsNothingPassButDnsAndTheRulesGiven() throws IOException {
        JsonNode policy = rendered(NETWORK_POLICY).the("NetworkPolicy").at("/spec");

        assertThat(policy.at("/policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
        assertThat(policy.at("/ingress").toString()).isEqualTo("[]");
        assertThat(policy.at("/egress").toString())
                .isEqualTo("[{\"ports\":[{\"port\":53,\"protocol\":\"UDP\"},{\"port\":53,\"protocol\":\"TCP\"}]},"
                        + "{\"ports\":[{\"port\":5432}]}]");
    }
}
