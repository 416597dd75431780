package io.rpaworker.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A PostgreSQL for the benchmark alone. It flushes to the disk as in production. */
final class Server implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final long postmaster;

    private Server(EmbeddedPostgres postgres) throws IOException {
        this.postgres = postgres;
        Path data = Path.of(
                in("postgres").sql("show data_directory").query(String.class).single());
        this.postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
    }

    static Server start() throws IOException {
        return new Server(EmbeddedPostgres.builder()
                .setServerConfig("shared_buffers", "1GB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("max_connections", "400")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start());
    }

    int port() {
        return postgres.getPort();
    }

    String url(String database) {
        return "jdbc:postgresql://localhost:%d/%s?reWriteBatchedInserts=true".formatted(port(), database);
    }

    /** A database with nothing in it, whatever there was before. */
    JdbcClient create(String database) {
        in("postgres")
                .sql("drop database if exists %s with (force)".formatted(database))
                .update();
        in("postgres").sql("create database " + database).update();
        return in(database);
    }

    JdbcClient in(String database) {
        var dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url(database));
        dataSource.setUser("postgres");
        return JdbcClient.create(dataSource);
    }

    /** Before every measurement: what filling a table has left to be done is done. */
    void settle(String database) {
        in(database).sql("vacuum analyze").update();
        in(database).sql("checkpoint").update();
    }

    double cpuSeconds() {
        return Processes.cpuOfFamily(postmaster);
    }

    long walBytes() {
        return in("postgres")
                .sql("select wal_bytes from pg_stat_wal")
                .query(Long.class)
                .single();
    }

    long transactions(String database) {
        return in("postgres")
                .sql("select xact_commit + xact_rollback from pg_stat_database where datname = :name")
                .param("name", database)
                .query(Long.class)
                .single();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
