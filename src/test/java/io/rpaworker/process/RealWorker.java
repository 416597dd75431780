package io.rpaworker.process;

import io.rpaworker.testing.HandlerJar;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A worker as it runs in production: a process of its own, started from the executable jar. */
final class RealWorker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Path console;

    private RealWorker(Process process, Path console) {
        this.process = process;
        this.console = console;
    }

    /** What a start needs. */
    static final class Builder {

        private final Path folder;
        private final List<String> arguments = new ArrayList<>();
        private final List<String> mode = new ArrayList<>();

        private Builder(Path folder, RpaDb db) {
            this.folder = folder;
            property("spring.datasource.url", db.url());
            property("spring.datasource.username", "postgres");
            property("management.server.port", "0");
        }

        Builder property(String name, String value) {
            arguments.add("--" + name + "=" + value);
            return this;
        }

        /** What the program is to do instead of working. */
        Builder mode(String argument) {
            mode.add(argument);
            return this;
        }

        /** Leases of three seconds, so that what a dead replica left is soon found. */
        Builder hasty() {
            return property("rpa.worker.lease", "3s")
                    .property("rpa.worker.heartbeat-interval", "500ms")
                    .property("rpa.maintenance.sweep-interval", "500ms")
                    .property("rpa.global.poll-interval", "100ms");
        }

        /** Drops a jar with the classes of this one's package into the handlers folder. */
        Builder handler(Class<?> handler) {
            HandlerJar.ofPackage(handler, handlers().resolve(handler.getSimpleName() + ".jar"));
            return this;
        }

        /** The folder that handler jars are dropped into. */
        Path handlers() {
            try {
                return Files.createDirectories(folder.resolve("handlers"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        RealWorker start() {
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-jar",
                    System.getProperty("rpa.exec-jar")));
            command.addAll(mode);
            command.addAll(arguments);
            try {
                Path console = Files.createTempFile(folder, "console", ".txt");
                Process process = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(console.toFile())
                        .start();
                return new RealWorker(process, console);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A worker in a working directory, on a database. */
    static Builder in(Path folder, RpaDb db) {
        return new Builder(folder, db);
    }

    /** Waits until the worker has brought something about; fails at once if it has died. */
    void until(BooleanSupplier reached) {
        try {
            Awaitility.await().atMost(PATIENCE).until(() -> reached.getAsBoolean() || !process.isAlive());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("Not reached:\n" + console(), e);
        }
        if (!reached.getAsBoolean()) {
            throw new AssertionError("The worker has stopped:\n" + console());
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    /** Waits for the end of the process and answers with its exit code. */
    int exitCode() {
        try {
            return process.onExit()
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join()
                    .exitValue();
        } catch (CompletionException e) {
            throw new AssertionError("The worker has not stopped:\n" + console(), e);
        }
    }

    /** What it has printed. */
    String console() {
        try {
            return Files.readString(console);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        exitCode();
    }
}
