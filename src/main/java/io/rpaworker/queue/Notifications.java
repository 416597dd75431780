package io.rpaworker.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens for flows that have new records, on a connection of its own. Behind a pooler that gives a session's
 * transactions to different connections no notification ever arrives; {@link #listen} finds that out.
 */
public final class Notifications implements AutoCloseable {

    private static final String CHANNEL = "rpa_records";
    private static final Duration ECHO = Duration.ofSeconds(2);

    private final Connection connection;
    private final PGConnection listener;

    private Notifications(Connection connection) throws SQLException {
        this.connection = connection;
        this.listener = connection.unwrap(PGConnection.class);
    }

    /**
     * Connects and listens.
     *
     * @throws NotHeardException if this connection does not even hear itself
     */
    public static Notifications listen(DataSource dataSource) throws SQLException, NotHeardException {
        var notifications = new Notifications(dataSource.getConnection());
        try {
            notifications.begin();
            return notifications;
        } catch (SQLException | NotHeardException | RuntimeException e) {
            notifications.close();
            throw e;
        }
    }

    /** A notification that was sent to oneself did not arrive. */
    public static final class NotHeardException extends Exception {
        NotHeardException() {
            super("LISTEN hears nothing on this connection: is there a pooler in transaction mode in between?");
        }
    }

    /**
     * Waits for notifications.
     *
     * @return the flows that have new records; empty after {@code timeout} without any
     * @throws SQLException if the connection is lost; what was notified meanwhile is lost too
     */
    public List<String> await(Duration timeout) throws SQLException {
        PGNotification[] heard = listener.getNotifications(Math.toIntExact(timeout.toMillis()));
        return heard == null
                ? List.of()
                : Arrays.stream(heard)
                        .map(PGNotification::getParameter)
                        .distinct()
                        .toList();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private void begin() throws SQLException, NotHeardException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + CHANNEL);
        }
        String echo = "echo " + UUID.randomUUID();
        try (var statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, CHANNEL);
            statement.setString(2, echo);
            statement.execute();
        }
        long until = System.nanoTime() + ECHO.toNanos();
        while (!await(Duration.ofMillis(200)).contains(echo)) {
            if (System.nanoTime() - until >= 0) {
                throw new NotHeardException();
            }
        }
    }
}
