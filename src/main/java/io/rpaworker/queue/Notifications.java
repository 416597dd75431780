package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Listens for flows that have new records, on a connection outside the pools.
 *
 * <p>Behind a pooler that gives a session's transactions to different connections no notification ever arrives, and one
 * that the network has swallowed stays silent as well. So there is an echo: a notification that another connection
 * sends while this one waits, as a producer's would be. A pooler that lends both of them the same connection would
 * answer whoever sends the echo, not whoever waits for it.
 */
@Component
public class Notifications {

    private static final String LISTEN = "listen rpa_records";

    private static final String ECHO = """
            select pg_notify('rpa_records', cast(:echo as text))
            """;

    private final DataSource connections;
    private final JdbcClient control;
    private final Duration silence;

    @Autowired
    Notifications(
            @Qualifier(RpaDbPools.LISTENER) DataSource connections, @Qualifier(RpaDbPools.CONTROL) JdbcClient control) {
        this(connections, control, Duration.ofSeconds(10));
    }

    Notifications(DataSource connections, JdbcClient control, Duration silence) {
        this.connections = connections;
        this.control = control;
        this.silence = silence;
    }

    /** Connects and listens; whether anything arrives is for {@link Listener#await} to find out. */
    public Listener listen() throws SQLException {
        Connection connection = connections.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(LISTEN);
            return new Listener(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A notification that was sent to oneself did not arrive. */
    public static final class NotHeardException extends Exception {
        NotHeardException() {
            super("LISTEN hears nothing on this connection: is there a pooler in transaction mode in between?");
        }
    }

    /** A connection that listens. */
    public final class Listener implements AutoCloseable {

        private static final Duration PATIENCE = Duration.ofSeconds(3);

        private final Connection connection;
        private final PGConnection notified;
        private boolean proven;
        private long heardAtNanos;
        private @Nullable String echo;
        private long echoedAtNanos;

        private Listener(Connection connection) throws SQLException {
            this.connection = connection;
            this.notified = connection.unwrap(PGConnection.class);
        }

        /** Whether it is known that notifications arrive here. */
        public boolean isProven() {
            return proven;
        }

        /**
         * Waits for notifications, and after a while without any sends itself one.
         *
         * @return the flows that have new records, and echoes, which are no flow's name; empty after {@code timeout}
         *     without any
         * @throws NotHeardException if the echo does not arrive within three seconds
         * @throws SQLException if the connection is lost; what was notified meanwhile is lost too
         * @throws org.springframework.dao.DataAccessException if the echo cannot be sent
         */
        public Set<String> await(Duration timeout) throws SQLException, NotHeardException {
            if (echo == null && (!proven || isPast(heardAtNanos, silence))) {
                sendEcho();
            }
            Set<String> payloads = payloads(timeout);
            boolean answered = payloads.contains(echo);
            if (answered || (proven && !payloads.isEmpty())) {
                // Whatever arrives will do, so that of many replicas it is mostly one that sends the echo for all.
                proven = true;
                heardAtNanos = System.nanoTime();
                echo = null;
            } else if (echo != null && isPast(echoedAtNanos, PATIENCE)) {
                throw new NotHeardException();
            }
            return payloads;
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }

        private void sendEcho() {
            String sent = "echo " + UUID.randomUUID();
            control.sql(ECHO)
                    .param("echo", sent)
                    .query((row, rowNumber) -> true)
                    .single();
            echo = sent;
            echoedAtNanos = System.nanoTime();
        }

        private Set<String> payloads(Duration timeout) throws SQLException {
            var payloads = new HashSet<String>();
            PGNotification[] arrived = notified.getNotifications(Math.toIntExact(timeout.toMillis()));
            if (arrived != null) {
                for (PGNotification each : arrived) {
                    payloads.add(each.getParameter());
                }
            }
            return payloads;
        }

        private static boolean isPast(long sinceNanos, Duration time) {
            return System.nanoTime() - sinceNanos >= time.toNanos();
        }
    }
}
