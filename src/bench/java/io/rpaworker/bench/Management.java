package io.rpaworker.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker's management port. */
record Management(int port) {

    private static final Pattern BUSY_SLOTS =
            Pattern.compile("rpa_slots\\{[^}]*flow=\"([^\"]+)\"[^}]*state=\"busy\"[^}]*} ([0-9.E]+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Waits until the worker is ready, and throws if it never is. */
    void awaitReady(Contestant worker) throws InterruptedException {
        Patience.of(Duration.ofMinutes(3)).await("a worker that is ready", Duration.ofMillis(20), () -> {
            worker.refuseDead();
            return isReady();
        });
    }

    /** What the worker tells Prometheus. */
    String metrics() {
        try {
            return get("/actuator/prometheus").body();
        } catch (IOException e) {
            throw new IllegalStateException("The worker does not tell its metrics", e);
        }
    }

    /** How many slots of a flow have a call. */
    long busySlots(String flow) {
        Matcher slots = BUSY_SLOTS.matcher(metrics());
        while (slots.find()) {
            if (slots.group(1).equals(flow)) {
                return (long) Double.parseDouble(slots.group(2));
            }
        }
        throw new IllegalStateException("The worker tells nothing of the slots of flow " + flow);
    }

    private boolean isReady() {
        return answers("/actuator/health/readiness");
    }

    /** Whether the worker answers what is asked. */
    boolean answers(String path) {
        try {
            return get(path).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(port, path)))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
