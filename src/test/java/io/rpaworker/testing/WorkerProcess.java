package io.rpaworker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A worker as it runs in production: a process started as its image does, that can be asked, paused and killed. */
public final class WorkerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern IDENTITY = Pattern.compile("Working as ([\\w.-]+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Path JAR = Path.of(System.getProperty("rpa.exec-jar"));
    private static final String HEAP = "-Xmx256m";

    private static final class Taken {
        static final WorkerImage IMAGE = WorkerImage.of(JAR, JAR.resolveSibling("test-image"), WorkerImage.JVM);
    }

    private final Process process;
    private final Path console;
    private final int port;
    private volatile long workingSinceNanos = Long.MAX_VALUE;

    private WorkerProcess(Process process, Path console, int port) {
        this.process = process;
        this.console = console;
        this.port = port;
    }

    /** What a start needs; it may start any number of processes. */
    public static final class Builder {

        private final Path folder;
        private final List<String> mode = new ArrayList<>();
        private final Map<String, String> properties = new LinkedHashMap<>();
        private boolean packed;

        private Builder(Path folder, String url) {
            this.folder = folder;
            property("spring.datasource.url", url);
            property("spring.datasource.username", "postgres");
        }

        /** Sets a property; the last value counts. */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /** What the program is to do instead of working. */
        public Builder mode(String argument) {
            mode.add(argument);
            return this;
        }

        /** A lease, and heartbeats and sweeps so often that what a dead replica left is found soon after its end. */
        public Builder lease(Duration lease) {
            return property("rpa.worker.lease", lease.toString())
                    .property("rpa.worker.heartbeat-interval", "500ms")
                    .property("rpa.maintenance.sweep-interval", "500ms")
                    .property("rpa.global.poll-interval", "100ms");
        }

        /** Drops a jar with the classes of this one's package into the handlers folder. */
        public Builder handler(Class<?> handler) {
            Path jar = handlers().resolve(handler.getSimpleName() + ".jar");
            // Another process may have it open.
            if (Files.notExists(jar)) {
                HandlerJar.ofPackage(handler, jar);
            }
            return this;
        }

        /** Starts the executable jar as it is built, and not taken apart as in the image. */
        public Builder packed() {
            packed = true;
            return this;
        }

        /** The folder that handler jars are dropped into. */
        public Path handlers() {
            try {
                return Files.createDirectories(folder.resolve("handlers"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Starts a process, and waits for nothing. */
        public WorkerProcess start() {
            try {
                int port = freePort();
                Path console = Files.createTempFile(folder, "console", ".txt");
                Process process = new ProcessBuilder(command(port))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(console.toFile())
                        .start();
                // A run that is broken off leaves nothing behind.
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
                return new WorkerProcess(process, console, port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static List<String> fromJar() {
            var command = new ArrayList<>(List.of(program("java"), HEAP));
            command.addAll(WorkerImage.JVM);
            command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-jar", JAR.toString()));
            return command;
        }

        private List<String> command(int port) {
            var command = new ArrayList<>(packed ? fromJar() : Taken.IMAGE.command(true, List.of(HEAP)));
            command.addAll(mode);
            properties.forEach((name, value) -> command.add("--" + name + "=" + value));
            command.add("--management.server.port=" + port);
            return command;
        }
    }

    /**
     * A worker in a working directory, on a database.
     *
     * @param url of the database, or of a proxy before it
     */
    public static Builder in(Path folder, String url) {
        return new Builder(folder, url);
    }

    /** Waits until something has come about; fails at once if the process has died. */
    public void until(String what, BooleanSupplier reached) {
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
    public WorkerProcess working() {
        until("working", this::isWorking);
        return this;
    }

    /** Whether it has said that it processes records, and lives. */
    public boolean isWorking() {
        boolean working = process.isAlive() && !identities().isEmpty();
        if (working && workingSinceNanos == Long.MAX_VALUE) {
            workingSinceNanos = System.nanoTime();
        }
        return working;
    }

    /** When it was first seen working, by {@link System#nanoTime}; {@link Long#MAX_VALUE} if never. */
    public long workingSinceNanos() {
        return workingSinceNanos;
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The identities that it has had, oldest first. */
    public List<String> identities() {
        return IDENTITY.matcher(console())
                .results()
                .map((MatchResult it) -> it.group(1))
                .toList();
    }

    /** How often it has printed something. */
    public int printed(String text) {
        return console().split(Pattern.quote(text), -1).length - 1;
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Sends SIGSTOP. */
    public void pause() {
        Signals.send(process.pid(), "STOP");
    }

    /** Sends SIGCONT. */
    public void resume() {
        Signals.send(process.pid(), "CONT");
    }

    /** Waits for the end of the process and answers with its exit code. */
    public int exitCode() {
        try {
            return process.onExit()
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join()
                    .exitValue();
        } catch (CompletionException e) {
            throw new AssertionError("The worker has not ended\n" + console() + threads(), e);
        }
    }

    /** The answer to a request to the management port, with any status; empty if there was none. */
    public String get(String path) {
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
    public double meter(String name) {
        return get("/actuator/prometheus")
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** What it has printed. */
    public String console() {
        try {
            return Files.readString(console);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What stands still says nothing; where it stands does.
    private String threads() {
        try {
            Process asked = new ProcessBuilder(program("jcmd"), Long.toString(process.pid()), "Thread.print")
                    .redirectErrorStream(true)
                    .start();
            return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Kills it, if it still lives. */
    @Override
    public void close() {
        kill();
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
