package io.rpaworker.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Grafana's dashboard. */
record Dashboard(JsonNode json) {

    static final Path FILE = Manifests.CHART.resolve("dashboards/rpa-worker.json");

    static Dashboard read() throws IOException {
        return new Dashboard(JsonMapper.shared().readTree(Files.readString(FILE)));
    }

    Stream<JsonNode> panels() {
        return json.at("/panels").valueStream();
    }

    List<String> rows() {
        return panels().filter(it -> it.at("/type").asString().equals("row"))
                .map(it -> it.at("/title").asString())
                .toList();
    }

    List<String> variables() {
        return json.at("/templating/list")
                .valueStream()
                .map(it -> it.at("/name").asString())
                .toList();
    }

    /** What its panels ask Prometheus for. */
    List<String> expressions() {
        return panels().flatMap(it -> it.at("/targets").valueStream())
                .map(it -> it.at("/expr").asString())
                .toList();
    }
}
