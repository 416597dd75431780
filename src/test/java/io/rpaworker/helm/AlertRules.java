package io.rpaworker.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rules of Prometheus.
 *
 * @param groups as a rule file and a PrometheusRule have them
 */
record AlertRules(JsonNode groups) {

    /** The one source of all alerts. */
    static final Path FILE = Manifests.CHART.resolve("rules/rpa-worker.rules.yml");

    // In all that is ours every metric has a selector.
    private static final Pattern METRIC = Pattern.compile("(\\w+)\\{");

    static AlertRules ofTheFile() throws IOException {
        JsonNode file = JsonMapper.shared().valueToTree(new Yaml().load(Files.readString(FILE)));
        return new AlertRules(file.at("/groups"));
    }

    /** Those of the chart's PrometheusRule. */
    static AlertRules of(Manifests manifests) {
        return new AlertRules(manifests.the("PrometheusRule").at("/spec/groups"));
    }

    Stream<JsonNode> all() {
        return groups.valueStream().flatMap(it -> it.at("/rules").valueStream());
    }

    List<String> names() {
        return all().map(it -> it.at("/alert").asString()).toList();
    }

    JsonNode the(String alert) {
        return all().filter(it -> it.at("/alert").asString().equals(alert))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + alert + " among " + names()));
    }

    List<String> expressions() {
        return all().map(it -> it.at("/expr").asString()).toList();
    }

    /** What expressions ask for. */
    static Set<String> metrics(List<String> expressions) {
        var metrics = new TreeSet<String>();
        expressions.forEach(it -> METRIC.matcher(it).results().forEach(found -> metrics.add(found.group(1))));
        return metrics;
    }
}
