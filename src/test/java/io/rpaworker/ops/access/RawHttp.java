package io.rpaworker.ops.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests as they are written: a client of the JDK would put their paths in order. */
final class RawHttp {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final AtomicInteger ADDRESSES = new AtomicInteger(1);

    private RawHttp() {}

    /** What came back. */
    record Reply(int status, String head, String body) {

        String header(String name) {
            return head.lines()
                    .filter(it -> it.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(it -> it.substring(name.length() + 1).strip())
                    .reduce((one, other) -> one + " | " + other)
                    .orElse("");
        }

        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    }

    static Reply get(TestWorker worker, String path, @Nullable String authorization) {
        return ask(worker.port(true), "GET", path, authorization, "127.0.0.1");
    }

    /** An address of this host that has not asked before. */
    static String newAddress() {
        int next = ADDRESSES.incrementAndGet();
        return "127.1.%d.%d".formatted(next / 250, next % 250 + 1);
    }

    static Reply ask(int port, String method, String path, @Nullable String authorization, String from) {
        return askWith(
                port, method, path, authorization == null ? "" : "Authorization: " + authorization + "\r\n", from);
    }

    static Reply askWith(int port, String method, String path, String headers, String from) {
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));

            socket.getOutputStream()
                    .write("%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
                            .formatted(method, path, headers)
                            .getBytes(ISO_8859_1));
            String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
            int end = all.indexOf("\r\n\r\n");
            String head = end < 0 ? all : all.substring(0, end);
            return new Reply(
                    Integer.parseInt(head.split(" ", 3)[1]),
                    head,
                    end < 0 ? "" : dechunked(head, all.substring(end + 4)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String dechunked(String head, String body) {
        if (!head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            return body;
        }
        var whole = new StringBuilder();
        byte[] bytes = body.getBytes(UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int line = at;
            while (bytes[line] != '\r') {
                line++;
            }
            int length = Integer.parseInt(new String(bytes, at, line - at, UTF_8), 16);
            whole.append(new String(bytes, line + 2, length, UTF_8));
            at = line + 2 + length + 2;
        }
        return whole.toString();
    }
}
