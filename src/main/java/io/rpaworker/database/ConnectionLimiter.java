package io.rpaworker.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** So many connections of a pool at once; who comes later waits for his turn, and an interrupt ends that. */
public final class ConnectionLimiter {

    private final String what;
    private final Semaphore free;
    private final Duration patience;

    /**
     * All of them free.
     *
     * @param what they are called together, for whoever waited in vain
     * @param connections how many at once
     * @param patience how long to wait for a turn
     */
    public ConnectionLimiter(String what, int connections, Duration patience) {
        this.what = what;
        this.free = new Semaphore(connections, true);
        this.patience = patience;
    }

    /**
     * A connection of the pool, whose close ends the turn.
     *
     * @param pool asked once it is the caller's turn
     * @throws SQLTransientConnectionException if that takes too long, or is interrupted; the thread stays interrupted
     */
    public Connection connection(DataSource pool) throws SQLException {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException("Nothing of " + what + " was free within " + patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("Interrupted while waiting for a connection", e);
        }
        try {
            return returning(pool.getConnection());
        } catch (SQLException | RuntimeException e) {
            free.release();
            throw e;
        }
    }

    private Connection returning(Connection connection) {
        var returned = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                ConnectionLimiter.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("close") && returned.compareAndSet(false, true)) {
                            free.release();
                        }
                    }
                });
    }
}
