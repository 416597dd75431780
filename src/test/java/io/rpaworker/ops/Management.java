package io.rpaworker.ops;

import io.rpaworker.ops.access.Passwords;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a worker over HTTP. An answer that takes longer than 15 s is none. */
public final class Management {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Management() {}

    /** What the worker answered. */
    public record Answer(int status, String body) {

        /** A part of the body, by its JSON pointer. */
        public JsonNode at(String pointer) {
            return JSON.readTree(body).at(pointer);
        }

        public String text(String pointer) {
            return at(pointer).asString();
        }
    }

    public static Answer get(TestWorker worker, String path) {
        return ask(worker, true, "GET", path);
    }

    /** Asks as the user of {@link Passwords} who has a role. */
    public static Answer getAs(String role, TestWorker worker, String path) {
        String login =
                Base64.getEncoder().encodeToString((role + ":" + Passwords.PASSWORD).getBytes(StandardCharsets.UTF_8));
        return send(request(worker, true, path).header("Authorization", "Basic " + login));
    }

    /** Posts an order as the user of {@link Passwords} who has a role. */
    public static Answer postAs(String role, TestWorker worker, String path, String json) {
        return postAs(role, worker, path, "application/json", json);
    }

    /** The same as something else than JSON. */
    public static Answer postAs(String role, TestWorker worker, String path, String type, String body) {
        String login =
                Base64.getEncoder().encodeToString((role + ":" + Passwords.PASSWORD).getBytes(StandardCharsets.UTF_8));
        return send(request(worker, true, path)
                .header("Authorization", "Basic " + login)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body)));
    }

    public static Answer ask(TestWorker worker, boolean managementPort, String method, String path) {
        return send(request(worker, managementPort, path).method(method, BodyPublishers.noBody()));
    }

    private static HttpRequest.Builder request(TestWorker worker, boolean managementPort, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + worker.port(managementPort) + path))
                .timeout(Duration.ofSeconds(15));
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
