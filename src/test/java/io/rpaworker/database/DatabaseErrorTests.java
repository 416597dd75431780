package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rpaworker.testing.Failures;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.UncategorizedSQLException;

class DatabaseErrorTests {

    @ParameterizedTest
    @CsvSource({
        "08000, TRANSIENT",
        "08001, TRANSIENT",
        "08003, TRANSIENT",
        "08004, TRANSIENT",
        "08006, TRANSIENT",
        "08P01, TRANSIENT",
        "57P01, TRANSIENT",
        "57P02, TRANSIENT",
        "57P03, TRANSIENT",
        "57P05, TRANSIENT",
        "53000, TRANSIENT",
        "53100, TRANSIENT",
        "53200, TRANSIENT",
        "53300, TRANSIENT",
        "53400, TRANSIENT",
        "40001, TRANSIENT",
        "40P01, TRANSIENT",
        "55P03, TRANSIENT",
        "55006, TRANSIENT",
        "58000, TRANSIENT",
        "58030, TRANSIENT",
        "25006, TRANSIENT",
        "26000, TRANSIENT",
        "25P03, INTERNAL",
        "XX000, INTERNAL",
        "55000, INTERNAL",
        "08007, UNKNOWN_OUTCOME",
        "40003, UNKNOWN_OUTCOME",
        "57014, TIMEOUT",
        "42P01, CONFIGURATION",
        "42703, CONFIGURATION",
        "42501, CONFIGURATION",
        "42883, CONFIGURATION",
        "3D000, CONFIGURATION",
        "3F000, CONFIGURATION",
        "28P01, CONFIGURATION",
        "28000, CONFIGURATION",
        "21000, DATA",
        "22001, DATA",
        "22021, DATA",
        "22P02, DATA",
        "22P05, DATA",
        "23502, DATA",
        "23505, DATA",
        "23514, DATA",
        "54000, DATA",
        "54001, DATA",
        "42601, OTHER",
        "P0001, OTHER",
        "25P02, OTHER",
        "0A000, OTHER"
    })
    void tellsPostgresErrorsByState(String state, DatabaseError error) {
        assertThat(DatabaseError.of(Failures.postgres(state))).contains(error);
    }

    // The states are those that the driver sends for these numbers; those of the form S0001 mean nothing.
    @ParameterizedTest
    @CsvSource({
        "-2, HY008, TIMEOUT",
        "0, HY008, TIMEOUT",
        "0, HYT00, TIMEOUT",
        "0, 08S01, TRANSIENT",
        "0, 08001, TRANSIENT",
        "0, 08006, TRANSIENT",
        "1205, 40001, TRANSIENT",
        "1222, S0051, TRANSIENT",
        "3960, S0001, TRANSIENT",
        "4060, S0001, TRANSIENT",
        "10054, S0001, TRANSIENT",
        "10928, S0001, TRANSIENT",
        "10929, S0001, TRANSIENT",
        "40197, S0001, TRANSIENT",
        "40501, S0001, TRANSIENT",
        "40613, S0001, TRANSIENT",
        "49918, S0001, TRANSIENT",
        "18456, S0001, CONFIGURATION",
        "229, S0005, CONFIGURATION",
        "208, S0002, CONFIGURATION",
        "207, S0001, CONFIGURATION",
        "2627, 23000, DATA",
        "547, 23000, DATA",
        "8134, S0001, OTHER",
        "102, S0001, OTHER"
    })
    void tellsSqlServerErrorsByNumber(int number, String state, DatabaseError error) {
        assertThat(DatabaseError.of(Failures.sqlServer(number, state))).contains(error);
    }

    @Test
    void tellsErrorsWithoutAStateByWhatTheyAre() {
        assertThat(DatabaseError.of(new SQLTransientConnectionException("no connection within 5000ms")))
                .contains(DatabaseError.TRANSIENT);
        assertThat(DatabaseError.of(new SQLException("reset", (String) null, new IOException("reset"))))
                .contains(DatabaseError.TRANSIENT);
        assertThat(DatabaseError.of(new SQLException("something"))).contains(DatabaseError.OTHER);
        // HikariCP hands the last failure's state on: a wrong password is no outage that passes.
        assertThat(DatabaseError.of(new SQLTransientConnectionException("no connection", "28P01")))
                .contains(DatabaseError.CONFIGURATION);
        assertThat(DatabaseError.of(new SQLTransientConnectionException("no connection", "99999")))
                .contains(DatabaseError.TRANSIENT);
    }

    @Test
    void findsTheDatabasesErrorAmongTheCauses() {
        SQLException deadlock = Failures.postgres("40P01");

        assertThat(DatabaseError.of(new UncategorizedSQLException("x", null, deadlock)))
                .contains(DatabaseError.TRANSIENT);
        assertThat(DatabaseError.of(new IllegalStateException(new DataIntegrityViolationException(
                        "x", new BatchUpdateException("x", "23505", 0, new int[0], Failures.postgres("23505"))))))
                .contains(DatabaseError.DATA);
        assertThat(DatabaseError.of(new IllegalStateException(new SocketTimeoutException())))
                .isEmpty();
    }

    @Test
    void comesToAnEndWhateverTheCauses() {
        var one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("two", one));

        assertThat(DatabaseError.of(one)).isEmpty();
        assertThat(DatabaseError.of(new BrokenCause())).isEmpty();
    }

    private static final class BrokenCause extends RuntimeException {

        @Override
        public synchronized @Nullable Throwable getCause() {
            throw new UnsupportedOperationException();
        }
    }

    // The driver's and the server's own exceptions, not ones that were made for the test.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 1 / 0                                                      | DATA",
                "select cast('x' as int)                                           | DATA",
                "insert into processing_queue (flow_name, payload) values (null, '{}') | DATA",
                "select 1 from no_such_table                                       | CONFIGURATION",
                "select pg_terminate_backend(pg_backend_pid())                     | TRANSIENT",
                "set statement_timeout = 1; select pg_sleep(10)                    | TIMEOUT",
                "begin read only; delete from processing_queue                     | TRANSIENT"
            })
    void tellsWhatPostgresReallySays(String sql, DatabaseError error) {
        assertSays(sql, error);
    }

    @Test
    void aTransactionThatTakesTooLongIsATimeoutToo() {
        assumeTrue(Postgres.majorVersion() >= 17, "PostgreSQL has transaction_timeout from 17 on");

        assertSays("set transaction_timeout = 1; begin; select pg_sleep(10)", DatabaseError.TIMEOUT);
    }

    private static void assertSays(String sql, DatabaseError error) {
        RpaDb db = Postgres.migrated();

        assertThatException()
                .isThrownBy(() -> db.jdbc().sql(sql).query().listOfRows())
                .satisfies(it -> assertThat(DatabaseError.of(it)).contains(error));
    }

    @Test
    void noServerAtAllIsTransient() {
        assertThat(DatabaseError.of(new PSQLException("refused", PSQLState.CONNECTION_UNABLE_TO_CONNECT)))
                .contains(DatabaseError.TRANSIENT);
        assertThat(DatabaseError.of(new PSQLException("lost", PSQLState.CONNECTION_FAILURE, new IOException())))
                .contains(DatabaseError.TRANSIENT);
    }
}
