package io.rpaworker;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.core.InfrastructureProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * rpa_db as handlers see it. Whoever takes a connection from it in {@code write}, in whichever way, has that of the
 * transaction which completes the records. The pool behind it is the worker's: it is not given away.
 */
final class PromisedDataSource extends TransactionAwareDataSourceProxy implements InfrastructureProxy {

    PromisedDataSource(DataSource pool) {
        super(pool);
    }

    // For Spring the transaction is the pool's, so that a template on this finds it too.
    @Override
    public Object getWrappedObject() {
        return pool();
    }

    @Override
    public Connection getConnection() throws SQLException {
        return TransactionSynchronizationManager.hasResource(pool()) ? super.getConnection() : pool().getConnection();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (isWrapperFor(type)) {
            return type.cast(this);
        }
        throw new SQLException("rpa_db's pool is the worker's: no handler gets the %s behind its DataSource"
                .formatted(type.getSimpleName()));
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    private DataSource pool() {
        return Objects.requireNonNull(getTargetDataSource());
    }
}
