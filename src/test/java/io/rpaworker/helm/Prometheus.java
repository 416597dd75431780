package io.rpaworker.helm;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus that asks workers, and looks at its rules, every second. */
final class Prometheus implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Process process;
    private final Path log;
    private final int port;

    private Prometheus(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param folder where it keeps everything
     * @param ports of the workers on this machine
     */
    static Prometheus in(Path folder, AlertRules rules, List<Integer> ports) throws IOException {
        int port = freePort();
        // JSON is YAML
        Files.writeString(folder.resolve("rules.yml"), "{\"groups\": %s}".formatted(rules.groups()));
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: rpa-worker
                    metrics_path: /actuator/prometheus
                    static_configs: [{targets: [%s]}]
                """.formatted(
                        ports.stream().map(it -> "'localhost:" + it + "'").collect(Collectors.joining(", "))));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Promtool.program("prometheus").orElseThrow().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // A run that is broken off leaves nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var started = new Prometheus(process, log, port);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(started::isReady);
        return started;
    }

    private boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException(Files.readString(log));
        }
        try {
            return get("/-/ready").contains("Ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What fires now. */
    List<JsonNode> firing() throws IOException {
        return JSON.readTree(get("/api/v1/alerts"))
                .at("/data/alerts")
                .valueStream()
                .filter(it -> it.at("/state").asString().equals("firing"))
                .toList();
    }

    /** Names of the alerts that have fired since it began. */
    List<String> everFired() throws IOException {
        return result("count_over_time(ALERTS{alertstate=\"firing\"}[1h])")
                .valueStream()
                .map(it -> it.at("/metric/alertname").asString())
                .toList();
    }

    /** The value of an expression that has one at most; NaN if it has none. */
    double value(String expression) throws IOException {
        return Double.parseDouble(result(expression).at("/0/value/1").asString("NaN"));
    }

    private JsonNode result(String expression) throws IOException {
        String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        return JSON.readTree(get("/api/v1/query?query=" + query)).at("/data/result");
    }

    private String get(String path) throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
