package io.rpaworker.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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

    private final ConnectionLimiter turns;

    private ConnectionShare(int connections, Duration patience) {
        this.turns = new ConnectionLimiter("the flow's share of rpa_db's connections", connections, patience);
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
            var ordinary = pool.unwrap(HikariDataSource.class);
            return new ConnectionShare(
                    Math.max(LEAST, ordinary.getMaximumPoolSize() / flows - settlers),
                    Duration.ofMillis(ordinary.getConnectionTimeout()));
        } catch (SQLException e) {
            throw new IllegalStateException("rpa_db's pool is not HikariCP's", e);
        }
    }

    /** Runs something that asks the ordinary pool within this share, as far as the calling thread does it itself. */
    public void during(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    /** The pool, as it looks to those who have a share of it. */
    static DataSource divided(DataSource pool) {
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                return LentConnection.of(
                        CURRENT.isBound()
                                ? CURRENT.get().turns.connection(obtainTargetDataSource())
                                : super.getConnection());
            }
        };
    }
}
