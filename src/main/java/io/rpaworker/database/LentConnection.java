package io.rpaworker.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A connection of rpa_db's ordinary pool that can be lent to a handler while a transaction of the worker is open on it.
 * As long as it is lent it neither ends that transaction nor closes; savepoints work as usual. SQL text that ends the
 * transaction, and what {@code unwrap} gives away, pass: they are found out afterwards, by a statement in the same
 * transaction.
 */
public final class LentConnection implements InvocationHandler {

    // What PostgreSQL itself says of a COMMIT where none is allowed.
    private static final String INVALID_TRANSACTION_TERMINATION = "2D000";

    private final Connection pooled;
    private volatile boolean lent;

    private LentConnection(Connection pooled) {
        this.pooled = pooled;
    }

    /** A connection of the pool as it looks to all who ask for one. */
    static Connection of(Connection pooled) {
        return proxy(Connection.class, new LentConnection(pooled));
    }

    /**
     * Runs something that uses the connection of the calling thread's transaction, which is lent meanwhile.
     *
     * @param pool rpa_db's ordinary pool, with a transaction that the calling thread has open
     */
    public static void lend(DataSource pool, Runnable use) {
        LentConnection connection = current(pool);
        if (connection == null) {
            use.run();
            return;
        }
        connection.lent = true;
        try {
            use.run();
        } finally {
            connection.lent = false;
        }
    }

    private static @Nullable LentConnection current(DataSource pool) {
        if (TransactionSynchronizationManager.getResource(pool) instanceof ConnectionHolder holder) {
            Connection connection = holder.getConnection();
            if (Proxy.isProxyClass(connection.getClass())
                    && Proxy.getInvocationHandler(connection) instanceof LentConnection ours) {
                return ours;
            }
        }
        return null;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        if (lent && isRefused(method, arguments)) {
            throw new SQLException(
                    "A handler's write must not call %s on the connection of its transaction: the worker commits it, with the records"
                            .formatted(method.getName()),
                    INVALID_TRANSACTION_TERMINATION);
        }
        Object result = invokeOn(pooled, method, arguments);
        return lent && result instanceof Statement statement ? statement((Connection) proxy, statement) : result;
    }

    private boolean isRefused(Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
        return switch (method.getName()) {
            case "commit", "close", "abort" -> true;
            // With an argument it is a savepoint's.
            case "rollback" -> arguments == null || arguments.length == 0;
            // Many a library says once more what is so already.
            case "setAutoCommit" ->
                arguments == null || !Boolean.valueOf(pooled.getAutoCommit()).equals(arguments[0]);
            default -> false;
        };
    }

    // A statement would give away the connection behind this one.
    private static Statement statement(Connection connection, Statement statement) {
        Class<? extends Statement> type = switch (statement) {
            case CallableStatement it -> CallableStatement.class;
            case PreparedStatement it -> PreparedStatement.class;
            default -> Statement.class;
        };
        return proxy(type, (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return ofObject(proxy, method, arguments);
            }
            return method.getName().equals("getConnection") ? connection : invokeOn(statement, method, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(LentConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself only
    private static Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> proxy.getClass().getInterfaces()[0].getSimpleName() + " of rpa_db";
        };
    }

    private static @Nullable Object invokeOn(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
