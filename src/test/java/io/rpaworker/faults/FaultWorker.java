package io.rpaworker.faults;

import com.example.faults.LedgerHandler;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A worker as it runs in production, a process from the executable jar, that can be killed, paused and asked. */
final class FaultWorker implements AutoCloseable {

    /** As in the settings below. */
    static final Duration LEASE = Duration.ofSeconds(3);

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern IDENTITY = Pattern.compile("Working as ([\\w.-]+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path console;
    private final int port;
    private volatile long workingSinceNanos = Long.MAX_VALUE;

    private FaultWorker(Process process, Path console, int port) {
        this.process = process;
        this.console = console;
        this.port = port;
    }

    /** What a start needs; it may start any number of processes. */
    static final class Builder {

        private final Path folder;
        private final List<String> options = new ArrayList<>(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"));
        private final Map<String, String> properties = new LinkedHashMap<>();

        private Builder(Path folder, String url) {
            this.folder = folder;
            property("spring.datasource.url", url);
            property("spring.datasource.username", "postgres");
            property("spring.datasource.hikari.maximum-pool-size", "6");
            property("rpa.flows.ledger.enabled", "true");
            property("rpa.global.poll-interval", "100ms");
            property("rpa.global.concurrency", "8");
            property("rpa.global.batch-size", "20");
            property("rpa.worker.lease", LEASE.toString());
            property("rpa.worker.heartbeat-interval", "500ms");
            property("rpa.worker.watermark-sweep", "200ms");
            property("rpa.worker.drain-timeout", "5s");
            property("rpa.maintenance.sweep-interval", "500ms");
            property("rpa.maintenance.retry-interval", "500ms");
        }

        Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        FaultWorker start() {
            try {
                int port = freePort();
                var command = new ArrayList<String>();
                command.add(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
                command.addAll(options);
                command.add("-Drpa.handlers=" + handlers(folder));
                command.add("-jar");
                command.add(System.getProperty("rpa.exec-jar"));
                properties.forEach((name, value) -> command.add("--" + name + "=" + value));
                command.add("--management.server.port=" + port);
                Path console = Files.createTempFile(folder, "console", ".txt");
                Process process = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(console.toFile())
                        .start();
                // A run that is broken off leaves nothing behind.
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
                return new FaultWorker(process, console, port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A worker in a working directory, on a database. */
    static Builder in(Path folder, RpaDb db) {
        return new Builder(folder, db.url());
    }

    /** A worker that reaches its database through a proxy. */
    static Builder in(Path folder, DatabaseProxy proxy) {
        return new Builder(folder, proxy.url());
    }

    /** Waits until something has come about; fails at once if the process has died. */
    void until(String what, BooleanSupplier reached) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(PATIENCE)
                    .until(() -> reached.getAsBoolean() || !process.isAlive());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("Not reached: " + what + "\n" + console() + threads(), e);
        }
        if (!reached.getAsBoolean()) {
            throw new AssertionError("The worker has stopped before: " + what + "\n" + console());
        }
    }

    /** Waits until it processes records. */
    FaultWorker working() {
        until("working", this::isWorking);
        return this;
    }

    boolean isWorking() {
        boolean working = process.isAlive() && !identities().isEmpty();
        if (working && workingSinceNanos == Long.MAX_VALUE) {
            workingSinceNanos = System.nanoTime();
        }
        return working;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** When it was first seen working; {@link Long#MAX_VALUE} if never. */
    long workingSinceNanos() {
        return workingSinceNanos;
    }

    /** The identities that it has had, oldest first. */
    List<String> identities() {
        return IDENTITY.matcher(console())
                .results()
                .map((MatchResult it) -> it.group(1))
                .toList();
    }

    /** How often it has printed something. */
    int printed(String text) {
        return console().split(Pattern.quote(text), -1).length - 1;
    }

    /** Sends SIGKILL and waits for the end. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGSTOP. */
    void pause() {
        signal(process.pid(), "STOP");
    }

    /** Sends SIGCONT. */
    void resume() {
        signal(process.pid(), "CONT");
    }

    /** Sends SIGTERM; answers with the exit code. */
    int terminate() {
        process.destroy();
        return process.onExit().join().exitValue();
    }

    /** Waits for it to die by itself; answers with the exit code. */
    int exitCode() {
        Awaitility.await().atMost(PATIENCE).until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** The answer to a request to the management port, with any status; empty if there was none. */
    String get(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return HTTP.send(request, BodyHandlers.ofString()).body();
        } catch (IOException none) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** The sum of a counter over its tags. */
    double meter(String name) {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    String console() {
        try {
            return Files.readString(console);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What stands still says nothing; where it stands does.
    private String threads() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process asked = new ProcessBuilder(jcmd, Long.toString(process.pid()), "Thread.print")
                    .redirectErrorStream(true)
                    .start();
            return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    static void signal(long pid, String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -%s %d: %d".formatted(signal, pid, exit));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static synchronized Path handlers(Path folder) throws IOException {
        Path handlers = Files.createDirectories(folder.resolve("handlers"));
        Path jar = handlers.resolve("faults.jar");
        if (Files.notExists(jar)) {
            Path root = root();
            try (OutputStream file = Files.newOutputStream(jar);
                    var out = new JarOutputStream(file);
                    Stream<Path> classes = Files.walk(root.resolve("com/example/faults"))) {
                // As Maven does: packages are found by the entries of their folders.
                for (String each : List.of("com/", "com/example/", "com/example/faults/")) {
                    out.putNextEntry(new JarEntry(each));
                    out.closeEntry();
                }
                for (Path each : classes.filter(Files::isRegularFile).toList()) {
                    out.putNextEntry(new JarEntry(root.relativize(each).toString()));
                    Files.copy(each, out);
                    out.closeEntry();
                }
            }
        }
        return handlers;
    }

    private static Path root() {
        try {
            return Path.of(LedgerHandler.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
