package io.rpaworker.database;

import io.rpaworker.text.Causes;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a database's error says about trying again. The tables are docs/reliability.md's; every row has a test. */
public enum DatabaseError {

    /** The database, the network or the load: the statement did not happen, and may work when tried again. */
    TRANSIENT,

    /** Trouble inside the database, or with the state of what was asked for: it mostly passes, and sometimes never. */
    INTERNAL,

    /** The connection ended while the outcome was under way: it happened or it did not. */
    UNKNOWN_OUTCOME,

    /** The statement took longer than it was allowed to. */
    TIMEOUT,

    /** What the statement was given cannot work: a constraint, a type, a value out of range. */
    DATA,

    /** A table, a column, a right or a password is missing: no record is to blame. */
    CONFIGURATION,

    /** Nothing is known about it. */
    OTHER;

    // Whole classes: 08 connection, 53 resources, 58 system, 57P shutdown and termination.
    private static final Set<String> TRANSIENT_STATES = Set.of(
            "08000", "08001", "08003", "08004", "08006", "08P01", "57P01", "57P02", "57P03", "57P05", "53000", "53100",
            "53200", "53300", "53400", "40001", "40P01", "55P03", "55006", "58000", "58030", "25006", "26000", "08S01");
    // 25P03: a handler leaves its transaction idle, and may do so each time; or its process stood still once.
    private static final Set<String> INTERNAL_STATES = Set.of("25P03", "55000", "XX000");
    private static final Set<String> UNKNOWN_STATES = Set.of("08007", "40003");
    // Of a statement, and of a transaction.
    private static final Set<String> TIMEOUT_STATES = Set.of("57014", "25P04");
    private static final Set<String> CONFIGURATION_STATES =
            Set.of("42P01", "42703", "42501", "42883", "3D000", "3F000", "28P01", "28000");
    private static final Set<String> DATA_STATES = Set.of("54000", "54001");
    private static final Set<String> DATA_CLASSES = Set.of("21", "22", "23");

    // What HikariCP says, without a state, of a connection that it has closed after an earlier error. It is what
    // remains of that error when rolling back fails as well.
    private static final String CLOSED_BY_POOL = "Connection is closed";

    // mssql-jdbc's SQLState is of no use ("S" + the server's state), so its errors are told apart by number.
    private static final Set<Integer> SQL_SERVER_TRANSIENT = Set.of(
            64, 121, 233, 601, 617, 669, 921, 926, 927, 941, 952, 976, 978, 982, 983, 988, 997, 1203, 1204, 1205, 1221,
            1222, 1807, 3935, 3960, 3966, 4060, 4184, 4221, 5280, 6005, 8628, 8645, 8651, 10053, 10054, 10060, 10922,
            10928, 10929, 10930, 10936, 11001, 14355, 17065, 17066, 17067, 17142, 17197, 17889, 18401, 20041, 35256,
            40143, 40197, 40501, 40540, 40613, 40642, 40675, 41301, 41302, 41305, 41325, 41839, 42108, 42109, 49918,
            49919, 49920);
    // -2 is a query that timed out on the client; reading again is safe.
    private static final Set<Integer> SQL_SERVER_TIMEOUT = Set.of(-2);
    private static final Set<Integer> SQL_SERVER_CONFIGURATION = Set.of(207, 208, 229, 230, 2812, 18452, 18456, 18470);

    /** Whether the statement did not happen, and may well work when it is sent again. */
    boolean isWorthAnotherTry() {
        return this == TRANSIENT || this == INTERNAL;
    }

    /** Tells what the first {@link SQLException} among {@code failure} and its causes is; empty if there is none. */
    public static Optional<DatabaseError> of(Throwable failure) {
        return Causes.of(failure).stream()
                .filter(SQLException.class::isInstance)
                .findFirst()
                .map(sql -> of((SQLException) sql));
    }

    /**
     * Whether a database has answered, and the answer is no: what is asked for is missing, forbidden or makes no sense
     * to it. Not if it could not be asked, had no time or no room.
     */
    public static boolean isRefusal(Throwable failure) {
        return Causes.of(failure).stream()
                .filter(SQLException.class::isInstance)
                .findFirst()
                .map(SQLException.class::cast)
                // What has no state is said by no database.
                .filter(it -> it.getSQLState() != null)
                .map(DatabaseError::of)
                .map(it -> switch (it) {
                    case DATA, CONFIGURATION, OTHER -> true;
                    case TRANSIENT, INTERNAL, UNKNOWN_OUTCOME, TIMEOUT -> false;
                })
                .orElse(false);
    }

    private static DatabaseError of(SQLException failure) {
        return failure.getClass().getName().startsWith("com.microsoft.sqlserver.")
                ? ofSqlServer(failure)
                : ofState(failure);
    }

    private static DatabaseError ofSqlServer(SQLException failure) {
        int number = failure.getErrorCode();
        if (SQL_SERVER_TRANSIENT.contains(number)) {
            return TRANSIENT;
        }
        if (SQL_SERVER_CONFIGURATION.contains(number)) {
            return CONFIGURATION;
        }
        String state = failure.getSQLState();
        if (SQL_SERVER_TIMEOUT.contains(number) || "HY008".equals(state) || "HYT00".equals(state)) {
            return TIMEOUT;
        }
        // The driver's own connection errors carry number 0 and a standard state.
        return number == 0 ? ofState(failure) : "23000".equals(state) ? DATA : OTHER;
    }

    private static DatabaseError ofState(SQLException failure) {
        String state = failure.getSQLState();
        if (state == null) {
            // HikariCP's "Connection is not available" has no state of its own when nothing was wrong but the wait.
            boolean noConnection = failure instanceof SQLTransientConnectionException || hasIoCause(failure.getCause());
            return noConnection || CLOSED_BY_POOL.equals(failure.getMessage()) ? TRANSIENT : OTHER;
        }
        if (UNKNOWN_STATES.contains(state)) {
            return UNKNOWN_OUTCOME;
        }
        if (TRANSIENT_STATES.contains(state)) {
            return TRANSIENT;
        }
        if (INTERNAL_STATES.contains(state)) {
            return INTERNAL;
        }
        if (TIMEOUT_STATES.contains(state)) {
            return TIMEOUT;
        }
        if (CONFIGURATION_STATES.contains(state)) {
            return CONFIGURATION;
        }
        if (state.startsWith("08") || failure instanceof SQLTransientConnectionException) {
            return TRANSIENT;
        }
        boolean data =
                DATA_STATES.contains(state) || (state.length() == 5 && DATA_CLASSES.contains(state.substring(0, 2)));
        return data ? DATA : OTHER;
    }

    private static boolean hasIoCause(@Nullable Throwable cause) {
        return cause instanceof IOException;
    }
}
