package io.rpaworker.database;

import com.zaxxer.hikari.HikariDataSource;
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
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * How many connections of rpa_db's ordinary pool the handlers of one flow may hold at once, so that a flow whose
 * handlers are slow or stuck leaves the others theirs. Whoever settles records is in no share and never waits for one.
 */
public final class ConnectionShare {

    private static final ScopedValue<ConnectionShare> CURRENT = ScopedValue.newInstance();

    // A transaction within a transaction needs two.
    private static final int LEAST = 2;

    private final Semaphore free;

    private ConnectionShare(int connections) {
        this.free = new Semaphore(connections);
    }

    /**
     * One of even shares of the ordinary pool, after what settling needs has been set aside.
     *
     * @param pool rpa_db's ordinary pool
     * @param flows how many shares there are
     * @param settlers how many connections each of them settles with
     */
    public static ConnectionShare of(DataSource pool, int flows, int settlers) {
        try {
            int connections = pool.unwrap(HikariDataSource.class).getMaximumPoolSize();
            return new ConnectionShare(Math.max(LEAST, connections / flows - settlers));
        } catch (SQLException e) {
            throw new IllegalStateException("rpa_db's pool is not HikariCP's", e);
        }
    }

    /** Runs something that asks the ordinary pool within this share, as far as the calling thread does it itself. */
    public void during(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    /** The pool, as it looks to those who have a share of it. */
    static DataSource divided(DataSource pool, Duration patience) {
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                return CURRENT.isBound()
                        ? CURRENT.get().connection(obtainTargetDataSource(), patience)
                        : super.getConnection();
            }
        };
    }

    private Connection connection(DataSource pool, Duration patience) throws SQLException {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException(
                        "The flow's share of rpa_db's connections has been in use for " + patience);
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
                ConnectionShare.class.getClassLoader(),
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
