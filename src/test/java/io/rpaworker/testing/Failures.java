package io.rpaworker.testing;

import java.lang.reflect.Constructor;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Real exceptions: of the two drivers, as their servers' answers become, and of code that is not the worker's. */
public final class Failures {

    private Failures() {}

    /** What PostgreSQL's driver throws when the server answers with an error. */
    public static PSQLException postgres(String state) {
        return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0Mserver says " + state + "\0"));
    }

    /** What SQL Server's driver throws; the constructor is not public. */
    public static SQLException sqlServer(int number, String state) {
        try {
            Constructor<?> constructor = Class.forName("com.microsoft.sqlserver.jdbc.SQLServerException")
                    .getDeclaredConstructor(String.class, String.class, int.class, Throwable.class);
            constructor.setAccessible(true);
            return (SQLException) constructor.newInstance("server says " + number, state, number, null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails in one place of a handler. */
    public static RuntimeException oneWay() {
        return in("oneWay");
    }

    /** Fails in another place with the same message. */
    public static RuntimeException anotherWay() {
        return in("anotherWay");
    }

    private static RuntimeException in(String method) {
        var failure = new IllegalStateException("failed");
        failure.setStackTrace(
                new StackTraceElement[] {new StackTraceElement("acme.Handler", method, "Handler.java", 7)});
        return failure;
    }
}
