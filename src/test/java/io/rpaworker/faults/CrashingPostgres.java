package io.rpaworker.faults;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.Signals;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.springframework.dao.DataAccessException;

/** A PostgreSQL server of a test's own, which can crash and come back; it writes to disk as production does. */
final class CrashingPostgres implements AutoCloseable {

    private final EmbeddedPostgres server;
    private final Path data;
    private final List<String> command = new ArrayList<>();
    private final RpaDb db;

    CrashingPostgres(int maxConnections) {
        try {
            data = Files.createTempDirectory("crashing-postgres");
            server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(true)
                    .setServerConfig("max_connections", Integer.toString(maxConnections))
                    .setServerConfig("superuser_reserved_connections", "0")
                    .setServerConfig("reserved_connections", "0")
                    // Not what tests are started with otherwise: an answered commit must outlive a crash.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
            ProcessHandle.Info postmaster =
                    ProcessHandle.of(Postmaster.pid(data)).orElseThrow().info();
            // PostgreSQL will not run as root; what started it first got round that in the same way.
            if (System.getProperty("user.name").equals("root")) {
                command.addAll(List.of("unshare", "-U"));
            }
            command.add(postmaster.command().orElseThrow());
            command.addAll(Arrays.asList(postmaster.arguments().orElseThrow()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        db = RpaDb.at("jdbc:postgresql://localhost:%d/postgres".formatted(server.getPort()));
        Postgres.migrate(db.url());
    }

    RpaDb db() {
        return db;
    }

    /** As {@code pg_ctl -m immediate stop}: nothing is written, nobody is told. */
    void crash() {
        long postmaster = Postmaster.pid(data);
        Signals.send(postmaster, "QUIT");
        Awaitility.await().until(() -> ProcessHandle.of(postmaster).isEmpty());
    }

    /** SIGKILL to one backend, whereupon the server ends all others and starts anew. */
    void killBackend() {
        int backend = db.jdbc()
                .sql("select pid from pg_stat_activity where application_name = 'rpa-worker' limit 1")
                .query(Integer.class)
                .single();
        Signals.send(backend, "KILL");
        Awaitility.await().until(() -> ProcessHandle.of(backend).isEmpty());
        awaitReady();
    }

    /** Starts it after a crash; it recovers from its log. */
    void start() {
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(data.toFile(), "restarts.log")))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(() -> db.jdbc().sql("select 1").query(Integer.class).single() == 1);
    }
}
