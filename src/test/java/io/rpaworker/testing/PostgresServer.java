package io.rpaworker.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The server that the tests of this JVM share: an embedded one, or, with {@code -Drpa.test.postgres=container:17}, the
 * image {@code postgres:17}, as its makers build it. It ends with the JVM.
 *
 * @param host where it listens
 * @param port likewise
 */
record PostgresServer(String host, int port) {

    static final String SUPERUSER = "postgres";

    private static final String PROPERTY = "rpa.test.postgres";
    private static final String EMBEDDED = "embedded";
    private static final String CONTAINER = "container:";

    // Each test has a database of its own, and autovacuum would go through hundreds of them again and again: it is on,
    // as it should be, but begins after days. What a test needs of it, it does itself.
    private static final Map<String, String> SETTINGS = Map.of(
            "autovacuum_naptime", "2147483",
            "max_connections", "300",
            "max_prepared_transactions", "5",
            "fsync", "off",
            "shared_buffers", "256MB");

    static PostgresServer start() {
        return start(System.getProperty(PROPERTY, EMBEDDED));
    }

    static PostgresServer start(String wanted) {
        if (wanted.equals(EMBEDDED)) {
            return embedded();
        }
        if (wanted.startsWith(CONTAINER)) {
            return container(wanted.substring(CONTAINER.length()));
        }
        throw new IllegalArgumentException("%s is %s; it may be %s, or %s and a tag of the image postgres, such as 17"
                .formatted(PROPERTY, wanted, EMBEDDED, CONTAINER));
    }

    private static PostgresServer embedded() {
        try {
            Path folder = Files.createTempDirectory("rpa-worker-tests");
            var builder = EmbeddedPostgres.builder().setDataDirectory(folder).setCleanDataDirectory(false);
            SETTINGS.forEach(builder::setServerConfig);
            EmbeddedPostgres server = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, folder)));
            return new PostgresServer("localhost", server.getPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Hundreds of databases are a hundred thousand files, and to delete these takes longer than Surefire lets a JVM
    // take to end: it would be killed half way.
    private static void end(EmbeddedPostgres server, Path folder) {
        try {
            server.close();
            new ProcessBuilder("rm", "-rf", folder.toString()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("resource") // ends with the JVM
    private static PostgresServer container(String tag) {
        List<String> command = new ArrayList<>(List.of("postgres"));
        SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        var server = new PostgreSQLContainer("postgres:" + tag)
                .withUsername(SUPERUSER)
                .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
                .withCommand(command.toArray(String[]::new));
        server.start();
        return new PostgresServer(server.getHost(), server.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT));
    }

    /** Of one of its databases. */
    String url(String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(host, port, database);
    }
}
