package io.rpaworker.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A PostgreSQL for the benchmark alone. It flushes to the disk as in production. */
final class Server implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final JdbcClient admin;
    private final long postmaster;

    private Server(EmbeddedPostgres postgres) throws IOException {
        this.postgres = postgres;
        this.admin = in("postgres");
        Path data = Path.of(show("data_directory"));
        this.postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
    }

    static Server start() throws IOException {
        var server = new Server(EmbeddedPostgres.builder()
                .setServerConfig("shared_buffers", "1GB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("max_connections", "400")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start());
        // The library's own default is off, as it should be for tests; nothing measured so would be worth anything.
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            if (!server.show(setting).equals("on")) {
                server.close();
                throw new IllegalStateException(setting + " is not on");
            }
        }
        return server;
    }

    int port() {
        return postgres.getPort();
    }

    String url(String database) {
        return "jdbc:postgresql://localhost:%d/%s?reWriteBatchedInserts=true".formatted(port(), database);
    }

    /** A database with nothing in it, whatever there was before. */
    JdbcClient create(String database) {
        admin.sql("drop database if exists %s with (force)".formatted(database)).update();
        admin.sql("create database " + database).update();
        return in(database);
    }

    /** One connection, for one thread, that stays open: opening another for each question would cost more than it. */
    JdbcClient in(String database) {
        return JdbcClient.create(new SingleConnectionDataSource(url(database), "postgres", "", true));
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "postgres", "");
    }

    /** Before every measurement: what filling a table has left to be done is done. */
    void settle(JdbcClient db) {
        db.sql("vacuum analyze").update();
        db.sql("checkpoint").update();
    }

    double cpuSeconds() {
        return Processes.cpuOfFamily(postmaster);
    }

    /** Not from {@code pg_stat_wal}, which each process tells of its own part with a delay. */
    long walBytes() {
        return admin.sql("select cast(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bigint)")
                .query(Long.class)
                .single();
    }

    long transactions(String database) {
        return admin.sql("select xact_commit + xact_rollback from pg_stat_database where datname = :name")
                .param("name", database)
                .query(Long.class)
                .single();
    }

    private String show(String setting) {
        return admin.sql("show " + setting).query(String.class).single();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
