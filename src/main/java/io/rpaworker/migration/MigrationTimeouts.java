package io.rpaworker.migration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections whose transactions may take as long as they need. Adopting a large table rewrites it, and meanwhile the
 * transaction that keeps other replicas out and Flyway's own stand idle. Only waiting for a lock has an end.
 */
final class MigrationTimeouts extends DelegatingDataSource {

    // Of each transaction: what ordinary statements may take comes with the connection or with the role, and behind a
    // pooler a setting of the session would reach whoever is lent it next.
    // transaction_timeout is new in PostgreSQL 17.
    private static final String NO_LIMITS = """
            select pg_catalog.set_config(name, case name when 'lock_timeout' then '60s' else '0' end, true)
            from pg_catalog.pg_settings
            where name in (
                'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout')
            """;

    MigrationTimeouts(DataSource dataSource) {
        super(dataSource);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return unlimited(super.getConnection());
    }

    private static Connection unlimited(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                MigrationTimeouts.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (method.getName().equals("setAutoCommit") && !connection.getAutoCommit()) {
                            begin(connection);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void begin(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(NO_LIMITS);
        }
    }
}
