package io.rpaworker.testing;

import io.rpaworker.migration.Migrations;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One real PostgreSQL server for all tests of this JVM; each asks for a database of its own. */
public final class Postgres {

    private static final String SUPERUSER = PostgresServer.SUPERUSER;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static class Server {
        static final PostgresServer INSTANCE = start();

        private static PostgresServer start() {
            PostgresServer server = PostgresServer.start();
            JdbcClient.create(dataSource(server.url(SUPERUSER)))
                    .sql("create database migrated")
                    .update();
            migrateAsMigrator(RpaDb.at(server.url("migrated")));
            return server;
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
        return JdbcClient.create(dataSource(Server.INSTANCE.url(SUPERUSER)))
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
        JdbcClient.create(dataSource(Server.INSTANCE.url(SUPERUSER)))
                .sql("create database " + name + " " + option)
                .update();
        return new RpaDb(Server.INSTANCE.url(name));
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
