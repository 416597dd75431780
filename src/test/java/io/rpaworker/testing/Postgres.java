package io.rpaworker.testing;

import io.rpaworker.migration.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One real PostgreSQL server for all tests of this JVM; each asks for a database of its own. */
public final class Postgres {

    private static final String SUPERUSER = "postgres";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                var server = EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "300")
                        .setServerConfig("max_prepared_transactions", "5")
                        .setServerConfig("fsync", "off")
                        .setServerConfig("shared_buffers", "256MB")
                        .start();
                var template = server.getPostgresDatabase();
                JdbcClient.create(template).sql("create database migrated").update();
                migrateAsMigrator(RpaDb.at(url(server, "migrated")));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Postgres() {}

    /** A new database with all migrations and the roles that own it and work on it. */
    public static RpaDb migrated() {
        return create("template migrated");
    }

    /** A new database with nothing in it. */
    public static RpaDb empty() {
        return create("");
    }

    /** The server's, 17 for instance. */
    public static int majorVersion() {
        return JdbcClient.create(Server.INSTANCE.getPostgresDatabase())
                .sql("select cast(current_setting('server_version_num') as int) / 10000")
                .query(Integer.class)
                .single();
    }

    /** A new database with nothing in it and an encoding of its own, {@code SQL_ASCII} for instance. */
    public static RpaDb empty(String encoding) {
        return create("encoding '%s' lc_collate 'C' lc_ctype 'C' template template0".formatted(encoding));
    }

    /** Runs the migrations as the application does. */
    public static void migrate(String url) {
        migrate(url, "latest");
    }

    /** Runs the migrations up to a version. */
    public static void migrate(String url, String target) {
        migrate(url, target, SUPERUSER);
    }

    /** Makes the roles, runs the migrations as the one that is to own the tables, and gives the others their rights. */
    public static void migrateAsMigrator(RpaDb db) {
        WorkerRole.setUp(db);
        migrate(db.url(), "latest", WorkerRole.MIGRATOR);
        WorkerRole.setUp(db);
    }

    private static void migrate(String url, String target, String user) {
        Migrations.runAlone(Flyway.configure()
                .dataSource(url, user, "")
                .target(target)
                .table("rpa_worker_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("5")
                .placeholders(Map.of("legacyTimeZone", "UTC"))
                .load());
    }

    private static RpaDb create(String option) {
        String name = "test_" + DATABASES.incrementAndGet();
        JdbcClient.create(Server.INSTANCE.getPostgresDatabase())
                .sql("create database " + name + " " + option)
                .update();
        return new RpaDb(url(Server.INSTANCE, name));
    }

    private static String url(EmbeddedPostgres server, String name) {
        return "jdbc:postgresql://localhost:%d/%s".formatted(server.getPort(), name);
    }

    static PGSimpleDataSource dataSource(String url) {
        return dataSource(url, SUPERUSER);
    }

    static PGSimpleDataSource dataSource(String url, String user) {
        var dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser(user);
        return dataSource;
    }
}
