package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class MigrationTests {

    private static final String HISTORY = "select count(*) from rpa_worker_schema_history where type = 'SQL'";

    private final RpaDb db = Postgres.empty();

    @Test
    void aDatabaseWithOtherTablesKeepsThem() {
        db.jdbc().sql("create table invoice (id int)").update();
        db.jdbc().sql("insert into invoice values (1)").update();

        Postgres.migrate(db.url());

        assertThat(count("select count(*) from invoice")).isEqualTo(1);
        assertThat(db.insertPending("f", 1)).containsExactly(1L);
    }

    @Test
    void anOldMigrationHistoryIsNotOurs() {
        db.jdbc()
                .sql("create table flyway_schema_history (installed_rank int primary key, version varchar(50))")
                .update();
        db.jdbc().sql("insert into flyway_schema_history values (1, '42')").update();

        Postgres.migrate(db.url());

        assertThat(count("select count(*) from flyway_schema_history")).isEqualTo(1);
        assertThat(db.insertPending("f", 1)).containsExactly(1L);
    }

    @Test
    void migratingAgainChangesNothing() {
        Postgres.migrate(db.url());
        int before = count(HISTORY);

        Postgres.migrate(db.url());

        assertThat(count(HISTORY)).isEqualTo(before);
    }

    // By default a fifth of the queue is dead before anybody looks, and what claims walk over grows with it.
    @Test
    void everyTableThatChangesAllTheTimeIsVacuumedInTime() {
        Postgres.migrate(db.url());

        assertThat(db.jdbc().sql("""
                                select relname from pg_class
                                where exists (
                                    select from unnest(reloptions) as option
                                    where option like 'autovacuum_vacuum_scale_factor=%'
                                      and cast(split_part(option, '=', 2) as double precision) <= 0.02)
                                """).query(String.class).list())
                .containsExactlyInAnyOrder(
                        "processing_queue",
                        "processing_claim",
                        "queue_total",
                        "worker_instance",
                        "leader_term",
                        "run_schedule",
                        "flow_limit");
    }

    @Test
    void tenReplicasThatStartAtOnceMigrateOnce() {
        try (var threads = Executors.newFixedThreadPool(10)) {
            var all = Stream.generate(() -> runAsync(() -> Postgres.migrate(db.url()), threads))
                    .limit(10)
                    .toArray(CompletableFuture[]::new);
            assertThat(CompletableFuture.allOf(all)).succeedsWithin(Duration.ofSeconds(60));
        }

        assertThat(count(HISTORY))
                .isEqualTo(count("select count(distinct version) from rpa_worker_schema_history"
                        + " where type = 'SQL' and success"));
        assertThat(db.insertPending("f", 1)).containsExactly(1L);
    }

    @Test
    void buildsNoIndexOfTheOldOnesForATableThatHasThem() {
        OldQueue.in(db).insertRowsOfEveryKind();

        Postgres.migrate(db.url(), "7");

        assertThat(count("select count(*) from pg_index where indrelid = 'processing_queue'::regclass"))
                .isEqualTo(7);
    }

    @Test
    void startsANewTableWithTheOldIndexes() {
        Postgres.migrate(db.url(), "7");

        assertThat(count("select count(*) from pg_index where indrelid = 'processing_queue'::regclass"))
                .isEqualTo(7);
    }

    // Producers of the old system go on during the first start: none of their records may be missing in the totals.
    @Test
    void countsRecordsThatWereUnderWayWhileItCounted() throws SQLException {
        Postgres.migrate(db.url(), "8");
        try (var producer = db.dataSource().getConnection()) {
            producer.setAutoCommit(false);
            new OldQueue(db).produce("f", 1);
            JdbcClient.create(new SingleConnectionDataSource(producer, true))
                    .sql("insert into processing_queue (flow_name, payload) values ('f', '{}')")
                    .update();
            var migration = runAsync(() -> Postgres.migrate(db.url()));
            Awaitility.await()
                    .until(() -> count("select count(*) from pg_locks l join pg_database d on d.oid = l.database"
                                    + " where d.datname = current_database() and not l.granted")
                            > 0);

            producer.commit();

            assertThat(migration).succeedsWithin(Duration.ofSeconds(30));
        }
        assertThat(QueueParts.over(db.dataSource()).counts().byFlow()).containsEntry("f", new StatusCounts(2, 0, 0, 0));
    }

    private int count(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}
