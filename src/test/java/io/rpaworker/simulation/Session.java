package io.rpaworker.simulation;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** A connection to PostgreSQL, and its backend. */
final class Session {

    private final Connection connection;
    private final int backend;
    private boolean lost;

    private Session(Connection connection, int backend) {
        this.connection = connection;
        this.backend = backend;
    }

    static Session of(Connection connection) throws SQLException {
        return new Session(connection, connection.unwrap(PGConnection.class).getBackendPID());
    }

    /** The same for another client: what the server still does with it when its own client has gone. */
    Session bequeathed() {
        return new Session(connection, backend);
    }

    Connection connection() {
        return connection;
    }

    int backend() {
        return backend;
    }

    /** Its client can do nothing with it any more; the backend may still be at work. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }

    boolean isInTransaction() {
        try {
            return !connection.getAutoCommit();
        } catch (SQLException e) {
            return false;
        }
    }

    void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // Its backend is gone.
        }
    }
}
