package io.rpaworker.queue.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.rpaworker.queue.counts.TableHealth.Holder;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class TableHealthTests {

    private final RpaDb db = Postgres.migrated();
    // As a superuser, who sees how long others' sessions have lasted: the worker's role would need pg_read_all_stats.
    private final TableHealth health = QueueParts.over(db.dataSource()).tableHealth();

    @Test
    void namesTheSessionThatHoldsASnapshot() throws SQLException {
        try (Connection forgotten = db.dataSource().getConnection()) {
            hold(forgotten, "psql of ada");
            db.insertPending("f", 1);
            db.insertPending("f", 1);

            long before = transactionsSince(forgotten);
            List<Holder> holders = health.holders();
            long after = transactionsSince(forgotten);

            assertThat(holders).hasSize(1);
            Holder holder = holders.getFirst();
            assertThat(holder.kind()).isEqualTo("session");
            assertThat(holder.name()).isEqualTo(pid(forgotten));
            assertThat(holder.application()).isEqualTo("psql of ada");
            assertThat(holder.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
            // Of the whole server, which may have one of its own at any moment, to clean up.
            assertThat(before).isGreaterThanOrEqualTo(2);
            assertThat(holder.transactions()).isBetween(before, after);
        }
    }

    private long transactionsSince(Connection holder) throws SQLException {
        return db.jdbc()
                .sql("select age(backend_xmin) from pg_stat_activity where pid::text = :pid")
                .param("pid", pid(holder))
                .query(Long.class)
                .single();
    }

    @Test
    void namesAnOpenTransactionThatHasWritten() throws SQLException {
        try (Connection open = db.dataSource().getConnection()) {
            open.setAutoCommit(false);
            over(open)
                    .sql("insert into processing_queue (flow_name, payload) values ('f', '{}')")
                    .update();

            assertThat(health.holders()).extracting(Holder::name).containsExactly(pid(open));
        }
    }

    @Test
    void namesAPreparedTransaction() throws SQLException {
        try (Connection open = db.dataSource().getConnection()) {
            open.setAutoCommit(false);
            over(open)
                    .sql("insert into processing_queue (flow_name, payload) values ('f', '{}')")
                    .update();
            over(open).sql("prepare transaction 'forgotten by a broker'").update();
        }
        try {
            assertThat(health.holders())
                    .extracting(Holder::kind, Holder::name, Holder::application)
                    .containsExactly(tuple("prepared transaction", "forgotten by a broker", "postgres"));
        } finally {
            db.jdbc().sql("rollback prepared 'forgotten by a broker'").update();
        }
    }

    @Test
    void whoIsBusyInAnotherDatabaseIsNoneOfOurs() throws SQLException {
        RpaDb other = Postgres.migrated();
        try (Connection elsewhere = other.dataSource().getConnection()) {
            hold(elsewhere, "report of another system");
            db.insertPending("f", 1_000);
            db.jdbc().sql("delete from processing_queue").update();

            // Nor does it keep anything from being cleaned up here.
            // A vacuum gives nothing back while somebody, autovacuum for instance, looks at the table.
            Awaitility.await().untilAsserted(() -> {
                db.jdbc().sql("vacuum processing_queue").update();
                assertThat(db.jdbc()
                                .sql("select pg_relation_size('processing_queue')")
                                .query(Long.class)
                                .single())
                        .isZero();
            });
            assertThat(health.holders()).isEmpty();
        }
    }

    @Test
    void theOldestComesFirst() throws SQLException {
        try (Connection older = db.dataSource().getConnection();
                Connection younger = db.dataSource().getConnection()) {
            hold(older, "older");
            hold(younger, "younger");

            assertThat(health.holders()).extracting(Holder::application).containsExactly("older", "younger");
        }
    }

    @Test
    void whoIsFarBehindIsNamedHoweverManyAreBusy() throws SQLException {
        var busy = new ArrayList<Connection>();
        // It begins late, and takes part in a snapshot of long ago, as a replication slot does.
        try (Connection exporting = db.dataSource().getConnection()) {
            hold(exporting, "exporting");
            String snapshot = over(exporting)
                    .sql("select pg_export_snapshot()")
                    .query(String.class)
                    .single();
            for (int i = 0; i < 5; i++) {
                db.insertPending("f", 1);
                busy.add(db.dataSource().getConnection());
                hold(busy.getLast(), "busy");
            }
            try (Connection late = db.dataSource().getConnection()) {
                late.setClientInfo("ApplicationName", "late");
                late.setAutoCommit(false);
                late.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                try (var statement = late.createStatement()) {
                    statement.execute("set transaction snapshot '" + snapshot + "'");
                    statement.execute("select 1");
                }
                exporting.rollback();

                assertThat(health.holders()).extracting(Holder::application).startsWith("late");
            }
        } finally {
            for (Connection each : busy) {
                each.close();
            }
        }
    }

    @Test
    void nobodyHoldsAnythingWhenAllIsWell() {
        assertThat(health.holders()).isEmpty();
    }

    @Test
    void countsDeadRowsByPostgresOwnEstimate() {
        db.jdbc()
                .sql("alter table processing_queue set (autovacuum_enabled = off)")
                .update();
        db.insertPending("f", 100);
        db.jdbc().sql("delete from processing_queue where id <= 40").update();
        db.jdbc().sql("analyze processing_queue").update();

        // Until PostgreSQL 14 a process of its own is told, which takes a moment.
        await().untilAsserted(() -> assertThat(health.deadTuples()).isEqualTo(40));
    }

    private static void hold(Connection connection, String application) throws SQLException {
        connection.setClientInfo("ApplicationName", application);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        over(connection).sql("select 1").query().singleValue();
    }

    private static JdbcClient over(Connection connection) {
        return JdbcClient.create(new SingleConnectionDataSource(connection, true));
    }

    private static String pid(Connection connection) throws SQLException {
        return Integer.toString(connection.unwrap(PGConnection.class).getBackendPID());
    }
}
