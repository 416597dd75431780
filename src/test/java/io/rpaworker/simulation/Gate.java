package io.rpaworker.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** A process's pool, whose every statement, commit and rollback waits for the stage. */
final class Gate extends AbstractDataSource {

    private final DataSource postgres;
    private final Deque<Session> idle = new ArrayDeque<>();
    private final List<Session> open = new ArrayList<>();

    Gate(DataSource postgres) {
        this.postgres = postgres;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Session session = idle.poll();
        if (session == null) {
            session = Session.of(postgres.getConnection());
            open.add(session);
        }
        Session taken = session;
        return proxy(Connection.class, (proxy, method, args) -> onConnection(taken, method, args));
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    /** Every connection that its process has, in use or not. */
    List<Session> sessions() {
        return List.copyOf(open);
    }

    /** The process has a connection no more. */
    void forget(Session session) {
        open.remove(session);
        idle.remove(session);
    }

    private @Nullable Object onConnection(Session session, Method method, Object @Nullable [] args) throws Throwable {
        String name = method.getName();
        if (name.equals("close")) {
            if (!session.isLost()) {
                idle.push(session);
            }
            return null;
        }
        refuseLost(session);
        return switch (name) {
            case "commit", "rollback" -> gated(name, session, session.connection(), method, args);
            case "prepareStatement", "createStatement" -> {
                String sql = args == null ? "" : String.valueOf(args[0]);
                var statement = (Statement) invoke(session.connection(), method, args);
                yield proxy(
                        PreparedStatement.class,
                        (proxy, called, with) -> onStatement(session, statement, sql, called, with));
            }
            default -> invoke(session.connection(), method, args);
        };
    }

    private static @Nullable Object onStatement(
            Session session, @Nullable Statement statement, String sql, Method method, Object @Nullable [] args)
            throws Throwable {
        if (method.getName().equals("close") && session.isLost()) {
            return null;
        }
        refuseLost(session);
        return method.getName().startsWith("execute")
                ? gated(Sql.shortened(sql), session, statement, method, args)
                : invoke(statement, method, args);
    }

    private static @Nullable Object gated(
            String what, Session session, @Nullable Object target, Method method, Object @Nullable [] args)
            throws Exception {
        return Actor.current().execute(new Actor.Statement(what, session, () -> invoke(target, method, args), false));
    }

    private static void refuseLost(Session session) throws SQLException {
        if (session.isLost()) {
            throw new SQLNonTransientConnectionException("The simulation has cut this connection", "08003");
        }
    }

    private static @Nullable Object invoke(@Nullable Object target, Method method, Object @Nullable [] args)
            throws Exception {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Gate.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
