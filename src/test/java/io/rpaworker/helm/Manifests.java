package io.rpaworker.helm;

import static java.util.Objects.requireNonNull;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** What Helm makes of the chart and some values. */
record Manifests(List<JsonNode> all) {

    static final Path CHART = Path.of("helm/rpa-worker");

    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * Renders the chart as the release {@code night} in the name space {@code rpa}.
     *
     * @param values beside the chart's own; they reach Helm in a file, as {@code --values} gives them
     * @throws IllegalStateException if Helm refuses, with its reason
     */
    static Manifests rendered(Map<String, Object> values) throws IOException {
        var file = Files.createTempFile("values", ".yaml");
        try {
            // JSON is YAML
            Files.writeString(file, JSON.writeValueAsString(values));
            String text = new Helm(CHART)
                    .template()
                    .withName("night")
                    .withNamespace("rpa")
                    .withValuesFile(file)
                    .call();
            return parsed(text);
        } finally {
            Files.delete(file);
        }
    }

    private static Manifests parsed(String text) {
        var manifests = new ArrayList<JsonNode>();
        for (Object document : new Yaml().loadAll(text)) {
            manifests.add(JSON.valueToTree(requireNonNull(document)));
        }
        return new Manifests(manifests);
    }

    List<String> kinds() {
        return all.stream().map(it -> it.at("/kind").asString()).toList();
    }

    JsonNode the(String kind) {
        var found = all.stream()
                .filter(it -> it.at("/kind").asString().equals(kind))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("one " + kind + " expected among " + kinds());
        }
        return found.getFirst();
    }

    JsonNode pod() {
        return the("Deployment").at("/spec/template/spec");
    }

    JsonNode container() {
        return pod().at("/containers/0");
    }

    /** What the container's environment says in so many words; a value from elsewhere is an empty string here. */
    Map<String, String> environment() {
        return container()
                .at("/env")
                .valueStream()
                .collect(Collectors.toMap(
                        it -> it.at("/name").asString(), it -> it.at("/value").asString("")));
    }

    JsonNode volume(String name) {
        return named(pod().at("/volumes"), name);
    }

    JsonNode mount(String name) {
        return named(container().at("/volumeMounts"), name);
    }

    private static JsonNode named(JsonNode list, String name) {
        return list.valueStream()
                .filter(it -> it.at("/name").asString().equals(name))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }
}
