package io.rpaworker.ops;

import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
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

    public static Answer ask(TestWorker worker, boolean managementPort, String method, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + worker.port(managementPort) + path))
                .timeout(Duration.ofSeconds(15))
                .method(method, BodyPublishers.noBody())
                .build();
        try {
            var response = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
