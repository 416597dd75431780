package io.rpaworker.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections of a test that are lent again once they were closed, since a new one takes as long as twenty statements.
 * To who uses it each is like a new one: what a session can hold is given up when it is closed.
 */
final class ReusedConnections extends AbstractDataSource {

    // Of all databases together: each test has one of its own, and none comes back to it.
    private static final int MOST_IDLE = 24;
    private static final Deque<Idle> IDLE = new ArrayDeque<>();

    private final PGSimpleDataSource postgres;

    ReusedConnections(PGSimpleDataSource postgres) {
        this.postgres = postgres;
    }

    private record Idle(ReusedConnections owner, Connection connection) {}

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = takeIdle();
        while (connection != null && !connection.isValid(5)) {
            connection.close();
            connection = takeIdle();
        }
        return lend(connection == null ? postgres.getConnection() : connection);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return postgres.getConnection(user, password);
    }

    private @Nullable Connection takeIdle() {
        synchronized (IDLE) {
            Optional<Idle> own = IDLE.stream().filter(it -> it.owner == this).findFirst();
            own.ifPresent(IDLE::remove);
            return own.map(Idle::connection).orElse(null);
        }
    }

    private Connection lend(Connection connection) {
        var closed = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                ReusedConnections.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "close" -> {
                            if (closed.compareAndSet(false, true)) {
                                takeBack(connection);
                            }
                            return null;
                        }
                        case "isClosed" -> {
                            return closed.get() || connection.isClosed();
                        }
                        default -> {
                            if (closed.get()) {
                                throw new SQLException("This connection has been closed.", "08003");
                            }
                        }
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    // Locks, settings, temporary tables and what it listens to end here, as they would with the session.
    private void takeBack(Connection connection) throws SQLException {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            connection.setReadOnly(false);
            try (var statement = connection.createStatement()) {
                statement.execute("discard all");
                // What it did is counted at once, as it is when a session ends.
                if (connection.getMetaData().getDatabaseMajorVersion() >= 15) {
                    statement.execute("select pg_catalog.pg_stat_force_next_flush()");
                }
            }
        } catch (SQLException broken) {
            connection.close();
            return;
        }
        Optional<Idle> oldest;
        synchronized (IDLE) {
            IDLE.add(new Idle(this, connection));
            oldest = IDLE.size() > MOST_IDLE ? Optional.ofNullable(IDLE.poll()) : Optional.empty();
        }
        if (oldest.isPresent()) {
            oldest.get().connection().close();
        }
    }
}
