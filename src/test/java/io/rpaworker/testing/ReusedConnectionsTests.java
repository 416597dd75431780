package io.rpaworker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class ReusedConnectionsTests {

    private final RpaDb db = Postgres.migrated();

    @Test
    void aSessionIsLentAgainWithNothingThatItHeld() throws SQLException {
        Connection first = db.dataSource().getConnection();
        int session = session(first);
        first.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        over(first).execute("set work_mem = '1MB'; create temporary table left_behind (id int)");
        over(first).execute("select pg_advisory_lock(7)");
        first.setAutoCommit(false);
        over(first).execute("insert into leader_term values ('left', 'behind', 1, now())");
        first.close();

        try (Connection again = db.dataSource().getConnection()) {
            assertThat(session(again)).isEqualTo(session);
            assertThat(again.getAutoCommit()).isTrue();
            assertThat(again.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
            assertThat(text(again, "select current_setting('work_mem')")).isNotEqualTo("1MB");
            assertThat(text(again, "select count(*) from pg_class where relname = 'left_behind'"))
                    .isEqualTo("0");
            assertThat(text(
                            again,
                            "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"))
                    .isEqualTo("0");
            assertThat(text(again, "select count(*) from leader_term where name = 'left'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aSessionThatPostgresHasEndedIsNotLentAgain() throws SQLException {
        db.dataSource().getConnection().close();
        db.shut();
        db.open();

        assertThat(db.jdbc().sql("select 1").query(Integer.class).single()).isEqualTo(1);
    }

    @Test
    void whoHasClosedItCanUseItNoMore() throws SQLException {
        Connection closed = db.dataSource().getConnection();
        closed.close();

        assertThat(closed.isClosed()).isTrue();
        assertThatThrownBy(closed::createStatement).isInstanceOf(SQLException.class);
    }

    private static int session(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static String text(Connection connection, String query) {
        return Objects.requireNonNull(over(connection).queryForObject(query, String.class));
    }

    private static JdbcTemplate over(Connection connection) {
        return new JdbcTemplate(new SingleConnectionDataSource(connection, true));
    }
}
