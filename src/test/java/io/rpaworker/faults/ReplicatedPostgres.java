package io.rpaworker.faults;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.Signals;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A PostgreSQL server and its streaming standby, asynchronous as most are; the standby can be cut off and take over.
 */
final class ReplicatedPostgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedPostgres server;
    private final Path data;
    private final Path standbyData;
    private final RpaDb primary;
    private final RpaDb standby;
    private final Process standbyProcess;

    ReplicatedPostgres(Path folder) {
        try {
            data = Files.createDirectory(folder.resolve("primary"));
            standbyData = folder.resolve("standby");
            server = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setServerConfig("max_connections", "60")
                    .setServerConfig("wal_level", "replica")
                    .setServerConfig("max_wal_senders", "4")
                    .setServerConfig("wal_keep_size", "512MB")
                    .setServerConfig("hot_standby", "on")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .start();
            primary = RpaDb.at(url(server.getPort()));
            Postgres.migrate(primary.url());
            int port = freePort();
            copyPrimary();
            standby = RpaDb.at(url(port));
            standbyProcess = startStandby(port);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
        awaitReady(standby);
    }

    RpaDb primary() {
        return primary;
    }

    RpaDb standby() {
        return standby;
    }

    /** What a worker is given: both servers, of which the driver takes the one that is the primary. */
    RpaDb both() {
        int[] ports = {port(primary), port(standby)};
        return RpaDb.at("jdbc:postgresql://localhost:%d,localhost:%d/postgres".formatted(ports[0], ports[1]));
    }

    /** Nothing reaches the standby from now on; the primary does not wait for it. */
    void cutOff() {
        standby.jdbc().sql("alter system set primary_conninfo = ''").update();
        standby.jdbc().sql("select pg_reload_conf()").query(Boolean.class).single();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> standby.jdbc()
                                .sql("select count(*) from pg_stat_wal_receiver")
                                .query(Integer.class)
                                .single()
                        == 0);
    }

    /** The primary crashes, and the standby takes over with what it has. */
    void failOver() {
        long postmaster = Postmaster.pid(data);
        Signals.send(postmaster, "QUIT");
        Awaitility.await().until(() -> ProcessHandle.of(postmaster).isEmpty());
        standby.jdbc().sql("select pg_promote()").query(Boolean.class).single();
    }

    @Override
    public void close() {
        standbyProcess.destroyForcibly().onExit().join();
        ProcessHandle.of(Postmaster.pid(standbyData)).ifPresent(it -> Signals.send(it.pid(), "QUIT"));
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // A base backup by hand: the binaries of the tests have no pg_basebackup.
    private void copyPrimary() throws SQLException, IOException {
        try (Connection connection = primary.dataSource().getConnection()) {
            var backup = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            backup.sql("select cast(pg_backup_start('standby', true) as text)")
                    .query(String.class)
                    .single();
            copy(data, standbyData);
            String label = backup.sql("select labelfile from pg_backup_stop(false)")
                    .query(String.class)
                    .single();
            Files.writeString(standbyData.resolve("backup_label"), label);
        }
        Files.createFile(standbyData.resolve("standby.signal"));
        Files.writeString(
                standbyData.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=localhost port=%d user=postgres'\n".formatted(port(primary)));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.toList()) {
                String name = from.relativize(each).toString();
                if (!name.startsWith("postmaster.") && !name.startsWith("epg-lock")) {
                    Files.copy(each, to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private Process startStandby(int port) throws IOException {
        ProcessHandle.Info postmaster =
                ProcessHandle.of(Postmaster.pid(data)).orElseThrow().info();
        var command = new ArrayList<String>();
        // PostgreSQL will not run as root; what started the primary got round that in the same way.
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(postmaster.command().orElseThrow());
        Arrays.stream(postmaster.arguments().orElseThrow())
                .map(it -> it.equals(data.toString()) ? standbyData.toString() : it)
                .map(it -> it.equals(Integer.toString(port(primary))) ? Integer.toString(port) : it)
                .forEach(command::add);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(new File(standbyData.toFile(), "standby.log"))
                .start();
    }

    private static void awaitReady(RpaDb server) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(() -> server.jdbc().sql("select 1").query(Integer.class).single() == 1);
    }

    private static String url(int port) {
        return "jdbc:postgresql://localhost:%d/postgres".formatted(port);
    }

    private static int port(RpaDb db) {
        String url = db.url();
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1, url.lastIndexOf('/')));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
