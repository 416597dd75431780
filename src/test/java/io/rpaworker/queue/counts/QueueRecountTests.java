package io.rpaworker.queue.counts;

import static java.util.concurrent.CompletableFuture.runAsync;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import io.rpaworker.queue.counts.QueueRecount.Difference;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class QueueRecountTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final QueueParts queue = QueueParts.over(DB);
    private final QueueRecount recount = queue.recount();
    // For what no worker may do; sql() joins it.
    private final TransactionTemplate asSuperuser =
            new TransactionTemplate(new JdbcTransactionManager(DB.dataSource()));

    @BeforeEach
    void empty() {
        sql("truncate processing_queue restart identity");
        sql("truncate queue_total");
    }

    @Test
    void addsNothingWhereTheTotalsAreRight() {
        DB.insert("f", "completed", 3);
        DB.insert("f", "pending", 2);
        sql("delete from processing_queue where id = 1");
        sql("update processing_queue set flow_name = 'g' where id = 2");
        int before = rowsOfTotals();

        assertThat(recount.recount(LONG)).isEmpty();

        assertThat(rowsOfTotals()).isEqualTo(before);
    }

    // The table's copy is counted by the trigger, and the totals are copied as well.
    @Test
    void mendsWhatADataOnlyCopyHasDoubled() {
        DB.insert("f", "completed", 900);
        DB.insert("f", "pending", 100);
        sql("insert into queue_total select flow_name, records from queue_total");

        assertThat(recount.recount(LONG)).containsExactly(new Difference("f", 2_000, 1_000));

        assertThat(queue.counts().byFlow()).containsExactly(entry("f", new StatusCounts(100, 0, 900, 0)));
    }

    @Test
    void mendsWhatASessionWithoutTriggersHasDone() {
        DB.insert("deleted", "completed", 9);
        DB.insert("gone", "completed", 5);
        withoutTriggers("delete from processing_queue where flow_name = 'gone' or id <= 3");
        withoutTriggers("insert into processing_queue (flow_name, payload) values ('new', '{}')");
        withoutTriggers("update processing_queue set flow_name = 'moved' where id = 9");

        assertThat(recount.recount(LONG))
                .containsExactly(
                        new Difference("gone", 5, 0),
                        new Difference("deleted", 9, 5),
                        new Difference("moved", 0, 1),
                        new Difference("new", 0, 1));

        assertThat(queue.counts().byFlow())
                .containsExactly(
                        entry("deleted", new StatusCounts(0, 0, 5, 0)),
                        entry("moved", new StatusCounts(0, 0, 1, 0)),
                        entry("new", new StatusCounts(1, 0, 0, 0)));
    }

    @Test
    void ofTwoAtOnceOneMends() {
        DB.insert("f", "completed", 10);
        sql("insert into queue_total values ('f', 7)");

        CompletableFuture<List<Difference>> second = queue.transaction().execute(status -> {
            assertThat(recount.recount(LONG)).containsExactly(new Difference("f", 17, 10));
            var waiting = supplyAsync(() -> QueueParts.over(DB).recount().recount(LONG));
            DB.awaitWaiter();
            return waiting;
        });

        assertThat(second).succeedsWithin(SOON).isEqualTo(List.of());
        assertThat(recount.recount(LONG)).isEmpty();
    }

    // It empties the table for whoever has looked already, but not the totals.
    @Test
    void aTruncateDoesNotComeInBetween() {
        DB.insert("f", "completed", 10);
        sql("insert into queue_total values ('f', 7)");

        CompletableFuture<Void> truncating = queue.transaction().execute(status -> {
            recount.recount(LONG);
            var waiting = runAsync(() -> sql("truncate processing_queue"));
            DB.awaitWaiter();
            return waiting;
        });

        assertThat(truncating).succeedsWithin(SOON);
        assertThat(rowsOfTotals()).isZero();
    }

    @Test
    void waitsForATruncateThatIsStillOpen() {
        DB.insert("f", "completed", 10);

        CompletableFuture<List<Difference>> recounting = asSuperuser.execute(status -> {
            sql("truncate processing_queue");
            var waiting = supplyAsync(() -> QueueParts.over(DB).recount().recount(LONG));
            DB.awaitWaiter();
            return waiting;
        });

        assertThat(recounting).succeedsWithin(SOON).isEqualTo(List.of());
        assertThat(rowsOfTotals()).isZero();
    }

    @Test
    void countsWhatIsCommittedAndNoMore() {
        DB.insert("f", "completed", 10);
        queue.transaction().executeWithoutResult(status -> {
            joined("insert into processing_queue (flow_name, payload) values ('f', '{}')");
            joined("delete from processing_queue where id <= 4");

            assertThat(supplyAsync(() -> QueueParts.over(DB).recount().recount(LONG)))
                    .succeedsWithin(SOON)
                    .isEqualTo(List.of());
            assertThat(recount.recount(LONG)).isEmpty();
        });

        assertThat(recount.recount(LONG)).isEmpty();
    }

    // Its snapshot would be as old as the transaction, and not know of another count that came first.
    @Test
    void refusesATransactionWithOneSnapshotForAllStatements() {
        sql("insert into queue_total values ('f', 7)");
        var repeatable = new TransactionTemplate(new JdbcTransactionManager(DB.workerDataSource()));
        repeatable.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);

        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> repeatable.executeWithoutResult(status -> recount.recount(LONG)))
                .withMessageContaining("read committed");

        assertThat(rowsOfTotals()).isEqualTo(1);
    }

    // What a role is not shown would be taken for not there.
    @Test
    void refusesARoleFromWhichAPolicyHidesRecords() {
        RpaDb db = Postgres.migrated();
        db.insert("f", "completed", 3);
        db.jdbc().sql("alter table processing_queue enable row level security").update();
        db.jdbc()
                .sql("create policy first_only on processing_queue using (id = 1)")
                .update();

        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> QueueParts.over(db).recount().recount(LONG))
                .withStackTraceContaining("would be affected by row-level security");
    }

    @Test
    void countsTheQueueOfItsOwnSchemaWhereverTheSearchPathLeads() {
        DB.insert("f", "completed", 3);
        sql("insert into queue_total values ('f', 7)");
        queue.transaction().executeWithoutResult(status -> {
            joined("create temporary table queue_total (flow_name text, records bigint) on commit drop");
            joined("set local search_path = pg_temp");

            assertThat(DB.workerJdbc()
                            .sql("select recorded from public.queue_recount()")
                            .query(Long.class)
                            .list())
                    .containsExactly(10L);
        });

        assertThat(recount.recount(LONG)).isEmpty();
    }

    @Test
    void givesUpAfterItsTimeAndLeavesTheTotalsAlone() {
        sql("insert into queue_total values ('f', 7)");

        asSuperuser.executeWithoutResult(status -> {
            sql("lock table processing_queue in access exclusive mode");

            assertThat(supplyAsync(() -> QueueParts.over(DB).recount().recount(Duration.ofMillis(200))))
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .withCauseInstanceOf(QueryTimeoutException.class);
        });
        assertThat(rowsOfTotals()).isEqualTo(1);
    }

    // Of large tables it reads for longer than any other statement may take.
    @Test
    void itsTimeIsNotThatOfOrdinaryStatements() {
        var hasty = new PGSimpleDataSource();
        hasty.setUrl(DB.url() + "?options=-c%20statement_timeout=100ms");
        hasty.setUser(WorkerRole.WORKER);
        hasty.setSocketTimeout(1);
        sql("insert into queue_total values ('f', 7)");

        CompletableFuture<List<Difference>> recounting = asSuperuser.execute(status -> {
            sql("lock table processing_queue in access exclusive mode");
            var waiting = supplyAsync(() -> QueueParts.over(hasty).recount().recount(LONG));
            DB.awaitWaiter();
            // Longer than the driver would wait by itself.
            sql("do $$ begin perform pg_sleep(1.5); end $$");
            return waiting;
        });

        assertThat(recounting).succeedsWithin(SOON).isEqualTo(List.of(new Difference("f", 7, 0)));
    }

    // In the worker's transaction of the calling thread.
    private static void joined(String statement) {
        DB.workerJdbc().sql(statement).update();
    }

    private static void withoutTriggers(String statement) {
        sql("set session_replication_role = replica; " + statement);
    }

    private static void sql(String statement) {
        DB.jdbc().sql(statement).update();
    }

    private static int rowsOfTotals() {
        return DB.jdbc()
                .sql("select count(*) from queue_total")
                .query(Integer.class)
                .single();
    }
}
