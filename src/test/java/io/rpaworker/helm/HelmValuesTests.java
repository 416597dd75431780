package io.rpaworker.helm;

import static io.rpaworker.helm.Manifests.rendered;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart refuses before anything reaches a cluster. */
class HelmValuesTests {

    static Stream<Map<String, Object>> badValues() {
        return Stream.of(
                Map.of("replicas", -1),
                Map.of("replicas", 1.5),
                Map.of("replica", 3),
                Map.of("image", Map.of("name", "rpa-worker")),
                Map.of("environment", "test"),
                Map.of("existingSecret", ""),
                Map.of("drainTimeout", "60"),
                Map.of("drainTimeout", 60),
                Map.of("drainTimeout", "0s"),
                Map.of("drainTimeout", "PT1M"),
                Map.of("drainTimeout", "1.5m"),
                Map.of("drainTimeout", "500ms"),
                Map.of("config", Map.of("rpa", Map.of())),
                Map.of("service", Map.of("httpPort", 0)),
                Map.of("livenessProbe", Map.of("httpGet", Map.of())),
                Map.of("handlers", Map.of("volume", Map.of("hostPath", Map.of("path", "/")))),
                Map.of("access", Map.of("closed", "yes")),
                Map.of("access", Map.of("usersSecret", "No Name")),
                Map.of("access", Map.of("jwt", Map.of("issuerUri", "sso"))),
                Map.of("metrics", Map.of("prometheusRule", Map.of("for", "soon"))),
                Map.of("metrics", Map.of("prometheusRule", Map.of("runbookBaseUrl", "wiki"))),
                Map.of(
                        "metrics",
                        Map.of("prometheusRule", Map.of("overrides", Map.of("NoLeader", Map.of("form", "1h"))))),
                Map.of("metrics", Map.of("serviceMonitor", Map.of("interval", "15"))),
                Map.of("networkPolicy", Map.of("enabled", true)));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void theSchemaRefuses(Map<String, Object> values) {
        String key = values.keySet().iterator().next();
        assertThatIllegalStateException()
                .isThrownBy(() -> rendered(values))
                .withMessageContaining("values don't meet the specifications of the schema")
                .withMessageContaining(key);
    }
}
