package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.database.DatabaseError;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.testing.LoggedEvents;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Retention where some records cannot be deleted. */
class RecordRetentionTests {

    private static final Duration DAY = Duration.ofDays(1);
    private static final FlowRegistry FLOWS = TestFlows.registry("f", "g");

    // More than enough for the memory to try each flow again.
    private static final int MANY_WALKS = 25;

    private final RpaDb db = Postgres.migrated();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ChoreProblems problems = new ChoreProblems();
    // Like a pool, without a new connection for each of a thousand transactions.
    private final SingleConnectionDataSource pool =
            new SingleConnectionDataSource(db.url(), WorkerRole.WORKER, "", true);
    private final Leadership leadership = Leaderships.over(pool);
    private final RecordRetention purge = purge(leadership, pool);

    @RegisterExtension
    private final LoggedEvents log = LoggedEvents.of("io.rpaworker.maintenance", Level.INFO);

    @BeforeEach
    void leads() {
        leadership.campaign("a", DAY);
        JdbcClient.create(pool).sql("set lock_timeout = '5s'").update();
    }

    @AfterEach
    void close() {
        pool.destroy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "deferrable initially deferred"})
    void aRecordThatIsReferredToIsLeftAloneUntilTheReferenceIsGone(String deferral) {
        insert("f", 1, 10_000);
        run("create table invoice (record_id bigint references processing_queue (id) %s)".formatted(deferral));
        run("insert into invoice values (1501)");

        walk();

        assertThat(ids()).containsExactly(1501L);
        assertThat(QueueParts.over(db).counts().byFlow()).containsEntry("f", new StatusCounts(0, 0, 1, 0));
        long failures = rollbacks();
        for (int walks = 0; walks < MANY_WALKS; walks++) {
            walk();
        }
        assertThat(rollbacks() - failures).isLessThan(4);
        assertThat(log.messages())
                .containsExactly("Retention cannot delete record 1501 of f: constraint invoice_record_id_fkey;"
                        + " it is left alone, and tried again at times");
        assertThat(problems.current())
                .containsExactly("Retention cannot delete 1 records, for example record 1501 of f:"
                        + " constraint invoice_record_id_fkey");
        assertThat(undeletable()).isEqualTo(1);

        run("drop table invoice");
        for (int walks = 0; walks < MANY_WALKS; walks++) {
            walk();
        }
        assertThat(ids()).isEmpty();
        assertThat(problems.current()).isEmpty();
        assertThat(undeletable()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"before delete", "after delete"})
    void aRecordWhoseTriggerRaisesIsLeftAlone(String when) {
        insert("f", 1, 100);
        trigger(when, "raise exception 'John''s record %', old.id");

        walk();

        assertThat(ids()).containsExactly(42L);
        assertThat(log.messages()).singleElement().asString().contains("record 42 of f: SQLSTATE P0001 in keep;");
        assertThat(undeletable()).isEqualTo(1);
    }

    @Test
    void aRecordThatATriggerKeepsSilentlyIsLeftAlone() {
        insert("f", 1, 100);
        trigger("before delete", "return null");

        walk();
        walk();

        assertThat(ids()).containsExactly(42L);
        assertThat(log.messages()).singleElement().asString().contains("record 42 of f: a trigger, a rule or a policy");
        assertThat(undeletable()).isEqualTo(1);
    }

    @Test
    void aRecordThatARuleKeepsIsLeftAlone() {
        insert("f", 1, 100);
        run("create rule keep as on delete to processing_queue where old.id = 42 do instead nothing");

        walk();

        assertThat(ids()).containsExactly(42L);
        assertThat(undeletable()).isEqualTo(1);
    }

    @Test
    void aRecordThatAPolicyKeepsIsLeftAlone() {
        insert("f", 1, 100);
        run("alter table processing_queue enable row level security");
        run("create policy reads on processing_queue for select using (true)");
        run("create policy updates on processing_queue for update using (id <> 43)");
        run("create policy deletes on processing_queue for delete using (id <> 42)");

        for (int walks = 0; walks < 4; walks++) {
            walk();
        }

        assertThat(ids()).containsExactly(42L, 43L);
        assertThat(log.messages())
                .hasSize(2)
                .anyMatch(it -> it.contains("record 42 of f"))
                .anyMatch(it -> it.contains("cannot lock record 43 of f"));
    }

    @Test
    void aLockedRecordIsPassedOverAndToldOfOnlyIfItStaysLocked() {
        insert("f", 1, 100);

        QueueParts.over(db.dataSource()).transaction().executeWithoutResult(status -> {
            db.jdbc()
                    .sql("select id from processing_queue where id = 42 for key share")
                    .query(Long.class)
                    .single();
            walk();
            walk();
            assertThat(log.messages()).isEmpty();
            assertThat(undeletable()).isZero();

            walk();
            walk();
            assertThat(ids()).containsExactly(42L);
            assertThat(log.messages()).singleElement().asString().contains("cannot lock record 42 of f");
            assertThat(problems.current()).singleElement().asString().contains("record 42 of f: it is locked");
        });

        walk();
        assertThat(ids()).isEmpty();
        assertThat(problems.current()).isEmpty();
    }

    @Test
    void aRecordBehindALockedRowOfAnotherTableIsFoundThoughItLooksLikeAnOutage() throws SQLException {
        insert("f", 1, 10);
        run("create table part (record_id bigint references processing_queue (id) on delete cascade)");
        run("insert into part values (4)");
        try (Connection holder = db.dataSource().getConnection();
                var session = holder.createStatement()) {
            holder.setAutoCommit(false);
            session.execute("select record_id from part for update");
            JdbcClient.create(pool).sql("set lock_timeout = '20ms'").update();
            int outages = 0;
            for (int rounds = 0; rounds < 20; rounds++) {
                outages += failsForNow() ? 1 : 0;
            }
            assertThat(outages).isEqualTo(2);
            assertThat(ids()).containsExactly(4L);
            assertThat(log.messages()).singleElement().asString().contains("record 4 of f: SQLSTATE 55P03");
        }
        for (int walks = 0; walks < MANY_WALKS; walks++) {
            walk();
        }
        assertThat(ids()).isEmpty();
    }

    @Test
    void aFlowOfWhichNothingCanBeDeletedIsLeftAloneAndKeepsNoOther() {
        insert("f", 1, 2_500);
        insert("g", 2_501, 2_500);
        run("update processing_queue set flow_name = case id % 2 when 0 then 'f' else 'g' end");
        run("create table invoice (record_id bigint references processing_queue (id))");
        run("insert into invoice select id from processing_queue where flow_name = 'f'");

        walk();

        assertThat(db.count("g", "completed")).isZero();
        assertThat(db.count("f", "completed")).isEqualTo(2_500);
        assertThat(undeletable()).isEqualTo(UndeletableRecords.MOST);
        assertThat(log.messages()).hasSize(UndeletableRecords.MOST + 1);
        assertThat(problems.current()).singleElement().asString().endsWith("of [f] it deletes nothing");
        long failuresBefore = rollbacks();
        for (int walks = 0; walks < 9; walks++) {
            assertThat(purge.runOnce()).isFalse();
        }
        assertThat(rollbacks() - failuresBefore).isLessThan(3);

        run("drop table invoice");
        for (int walks = 0; walks < MANY_WALKS; walks++) {
            walk();
        }
        assertThat(ids()).isEmpty();
        assertThat(undeletable()).isZero();
    }

    @Test
    void manyThatAreReferredToKeepNoneOfTheOthersOfTheirFlow() {
        insert("f", 1, 5_000);
        run("create table invoice (record_id bigint references processing_queue (id) deferrable initially deferred)");
        run("insert into invoice select id from processing_queue where id % 97 = 0 or id between 2000 and 2050");

        walk();

        assertThat(ids())
                .isEqualTo(db.jdbc()
                        .sql("select record_id from invoice order by 1")
                        .query(Long.class)
                        .list());
        assertThat(undeletable()).isEqualTo(ids().size());
    }

    @Test
    void nobodyIsBlamedWhereNothingCanBeDeletedAtAll() {
        insert("f", 1, 100);
        run("""
                create function never() returns trigger language plpgsql as
                    'begin raise exception using errcode = ''42501''; end'
                """);
        run("create trigger never before delete on processing_queue execute function never()");

        for (int rounds = 0; rounds < 3; rounds++) {
            assertThatThrownBy(() -> purge.runOnce())
                    .satisfies(it -> assertThat(DatabaseError.of(it)).contains(DatabaseError.CONFIGURATION));
        }
        assertThat(undeletable()).isZero();

        run("drop trigger never on processing_queue");
        walk();
        assertThat(ids()).isEmpty();
    }

    @Test
    void nobodyIsBlamedForAnOutage() {
        insert("f", 1, 100);
        walk();
        insert("f", 1, 100);
        db.shut();
        for (int rounds = 0; rounds < 10; rounds++) {
            assertThat(failsForNow()).isTrue();
        }
        db.open();
        pool.resetConnection();

        walk();

        assertThat(ids()).isEmpty();
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void whoDoesNotLeadAnyMoreShowsNothing() {
        insert("f", 1, 10);
        trigger("before delete", "return null");
        run("update processing_queue set id = 42 where id = 2");
        walk();
        assertThat(undeletable()).isEqualTo(1);

        leadership.resign();
        purge.roundBegins();

        assertThat(undeletable()).isZero();
        assertThat(problems.current()).isEmpty();

        leadership.campaign("a", DAY);
        purge.roundBegins();
        assertThat(undeletable()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsRetriedMeanwhileIsNoOldRecordAnyMore() {
        insert("f", 1, 10);
        run("create table invoice (record_id bigint references processing_queue (id))");
        run("insert into invoice values (4)");
        walk();
        run("delete from invoice");
        run("update processing_queue set completed_at = now()");

        for (int walks = 0; walks < MANY_WALKS; walks++) {
            walk();
        }

        assertThat(ids()).containsExactly(4L);
        assertThat(undeletable()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            longs = {Long.MIN_VALUE, Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE
            })
    void deletesWhateverIdItHas(long id) {
        insert("f", id, 1);

        assertThat(purge.runOnce()).isFalse();

        assertThat(ids()).isEmpty();
    }

    @Test
    void theLastIdOfAllEndsTheWalk() {
        insert("f", Long.MAX_VALUE, 1);
        run("begin; set local rpa.reopen = on; update processing_queue set status = 'pending'; commit");

        assertThat(purge.runOnce()).isFalse();
    }

    @Test
    void youngIdsBelowZeroKeepNoOldOnesAboveIt() {
        insert("f", 1, 10);
        insert("f", -5_000, 4_000);
        run("update processing_queue set completed_at = now(), created_at = now() where id < 0");

        walk();

        assertThat(ids()).hasSize(4_000).allMatch(id -> id < 0);
    }

    @Test
    void whatWasAdoptedStaysWhateverComesAfterIt() {
        insert("f", 1, 10_000);
        run("insert into adoption (last_id) values (7000)");

        walk();

        assertThat(ids()).hasSize(7_000).allMatch(id -> id <= 7_000);
    }

    // The walk does not read all that is not old enough yet of what was adopted, and what comes after it goes all the
    // same.
    @Test
    void orUntilItsOwnTimeHasPassed() {
        insert("f", 1, 10_000);
        run("insert into adoption (last_id) values (7000)");
        run("update processing_queue set completed_at = now(), created_at = now() where id between 2001 and 7000");

        walk(purge(leadership, pool, DAY));

        assertThat(ids()).hasSize(5_000).allMatch(id -> id > 2_000 && id <= 7_000);
    }

    private RecordRetention purge(Leadership leadership, DataSource dataSource) {
        return purge(leadership, dataSource, null);
    }

    private RecordRetention purge(Leadership leadership, DataSource dataSource, @Nullable Duration adopted) {
        QueueParts queue = QueueParts.over(dataSource);
        return new RecordRetention(
                leadership,
                queue.retention(),
                queue.oldRecords(),
                new RetentionProblem(leadership, problems, meters),
                new MaintenanceProperties(
                        true, DAY, DAY, DAY, 3, DAY, new MaintenanceProperties.Retention(DAY, DAY, DAY, adopted)),
                FLOWS);
    }

    private void walk() {
        walk(purge);
    }

    private static void walk(RecordRetention purge) {
        while (purge.runOnce()) {
            // Round after round.
        }
    }

    private boolean failsForNow() {
        try {
            walk();
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    private double undeletable() {
        return meters.get("rpa.retention.undeletable").gauge().value();
    }

    private void trigger(String when, String then) {
        run("""
                create function keep() returns trigger language plpgsql as $$
                begin
                    if old.id = 42 then
                        %s;
                    end if;
                    return old;
                end $$
                """.formatted(then));
        run("create trigger keep %s on processing_queue for each row execute function keep()".formatted(when));
    }

    // Completed two days ago, with ids that follow each other.
    private void insert(String flow, long firstId, int count) {
        db.jdbc()
                .sql("""
                        with born (at) as (select now() - interval '2 days')
                        insert into processing_queue (id, flow_name, payload, status, created_at, available_at,
                            claimed_at, completed_at)
                        select :first + n, :flow, '{}', 'completed', born.at, born.at, born.at, born.at
                        from born, generate_series(0, :count - 1) n
                        """)
                .param("first", firstId)
                .param("flow", flow)
                .param("count", count)
                .update();
    }

    private void run(String sql) {
        db.jdbc().sql(sql).update();
    }

    private List<Long> ids() {
        return db.jdbc()
                .sql("select id from processing_queue order by id")
                .query(Long.class)
                .list();
    }

    // PostgreSQL tells of a session's transactions a while later, unless it is asked to. 14 cannot be asked: how often
    // something fails is looked at on the newer ones.
    private long rollbacks() {
        if (Postgres.majorVersion() < 15) {
            return 0;
        }
        JdbcClient.create(pool).sql("select pg_stat_force_next_flush()").query().listOfRows();
        JdbcClient.create(pool).sql("select 1").query().listOfRows();
        return db.jdbc()
                .sql("select xact_rollback from pg_stat_database where datname = current_database()")
                .query(Long.class)
                .single();
    }
}
