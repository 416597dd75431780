package io.rpaworker.ops.diagnosis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.rpaworker.leader.CurrentTerm;
import io.rpaworker.lease.RegisteredInstances;
import io.rpaworker.queue.counts.RetryBacklog;
import io.rpaworker.queue.counts.TableUpkeep;
import io.rpaworker.queue.shape.IdRoom;
import io.rpaworker.queue.shape.QueueShape;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each check that asks rpa_db finds, and that it finds nothing where nothing is wrong. */
class ChecksTests {

    private final RpaDb db = Postgres.migrated();
    private final QueueParts parts = QueueParts.over(db);

    @Test
    void orphansAreThoseOfDeadReplicasAndOfPythonWorkersThatTookTooLong() {
        db.insertReplica("living");
        db.insertReplica("dead");
        claimed("living", "a", 2);
        claimed("dead", "a", 3);
        db.insertOld("b", "processing", 4, "59 minutes");
        db.expireLease("living");
        assertThat(orphans())
                .extracting(Finding::title)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("2 records of flow a");
        db.jdbc()
                .sql("update worker_instance set lease_until = now() + interval '1 hour' where id = 'living'")
                .update();
        db.insertOld("b", "processing", 1, "2 hours");
        db.expireLease("dead");

        List<Finding> orphans = orphans();

        assertThat(orphans)
                .extracting(
                        it -> it.evidence().get("flow_name"),
                        it -> it.evidence().get("records"))
                .containsExactly(tuple("a", 3L), tuple("b", 1L));
        assertThat(orphans.getLast().evidence()).containsEntry("oldest_hours", 2.0);
    }

    private List<Finding> orphans() {
        return new OrphansCheck().look(Looks.scene(db));
    }

    private void claimed(String replica, String flow, int records) {
        db.jdbc()
                .sql("""
                        with claim as (select gen_random_uuid() as id), record as (
                            insert into processing_queue (flow_name, payload, status, claim_id, claimed_at)
                            select :flow, '{}', 'processing', claim.id, now() from claim, generate_series(1, :records)
                            returning id
                        )
                        insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                        select claim.id, :replica, :flow, (select array_agg(id) from record) from claim
                        """)
                .param("flow", flow)
                .param("replica", replica)
                .param("records", records)
                .update();
    }

    @Test
    void aLeaseThatNobodySweepsIsFound() {
        db.insertReplica("a");
        assertThat(instances()).isEmpty();

        db.jdbc()
                .sql("update worker_instance set lease_until = now() - interval '2 min'")
                .update();

        assertThat(instances()).containsExactly("expired-lease");
    }

    @Test
    void replicasWithoutALeaderAreFoundOnceTheyHaveHadTime() {
        db.insertReplica("a");
        assertThat(instances()).isEmpty();

        db.jdbc()
                .sql("update worker_instance set started_at = now() - interval '2 min'")
                .update();
        assertThat(instances()).containsExactly("no-leader");

        term("now() + interval '15 s'");
        assertThat(instances()).isEmpty();
        term("now() - interval '2 min'");
        assertThat(instances()).containsExactly("no-leader");
        term("'-infinity'");
        assertThat(instances()).containsExactly("no-leader");
    }

    private void term(String end) {
        db.execute("insert into leader_term (name, holder, term, expires_at) values ('chores', 'a', 1, " + end + ")"
                + " on conflict (name) do update set expires_at = excluded.expires_at");
    }

    private List<String> instances() {
        return Looks.ids(
                new InstancesCheck(parts.part(RegisteredInstances.class), parts.part(CurrentTerm.class), Looks.DEFAULTS)
                        .look(Looks.scene(db)));
    }

    @Test
    void deadRowsAndVacuumsThatDoNotComeAreFound() throws SQLException {
        var check = new VacuumCheck(parts.part(TableUpkeep.class), Looks.with(500, 1));
        assertThat(check.look(Looks.scene(db))).isEmpty();

        // Its end has the statistics told.
        try (Connection session = DriverManager.getConnection(db.url(), "postgres", "");
                var statement = session.createStatement()) {
            statement.execute(
                    "insert into processing_queue (flow_name, payload) select 'a', '{}' from generate_series(1, 1000)");
            statement.execute("update processing_queue set available_at = now()");
        }
        await().atMost(30, SECONDS)
                .until(() -> Looks.ids(check.look(Looks.scene(db))).contains("dead-rows"));
        assertThat(Looks.ids(check.look(Looks.scene(db)))).containsExactly("dead-rows", "vacuum-overdue");

        db.execute("vacuum processing_queue");
        await().atMost(30, SECONDS).until(() -> check.look(Looks.scene(db)).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "processing_queue, autovacuum_enabled",
        "processing_queue, toast.autovacuum_enabled",
        "worker_instance, autovacuum_enabled",
        "flow_statistics, autovacuum_enabled"
    })
    void autovacuumThatIsSwitchedOffForATableIsFound(String relation, String option) {
        assertThat(vacuum()).isEmpty();

        db.execute("alter table %s set (%s = off)".formatted(relation, option));

        assertThat(vacuum()).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo("autovacuum-off");
            assertThat(it.evidence()).containsEntry("relation", relation);
            db.execute(it.whatToDo());
        });
        assertThat(vacuum()).isEmpty();
    }

    // Of the tests' server, whose only tests these are meanwhile.
    @Test
    void autovacuumThatIsSwitchedOffForTheServerIsFound() {
        try {
            server("alter system set autovacuum = off");
            await().atMost(30, SECONDS).until(() -> !vacuum().isEmpty());
            assertThat(vacuum()).singleElement().satisfies(it -> {
                assertThat(it.id()).isEqualTo("autovacuum-off");
                assertThat(it.title()).contains("whole server");
            });
        } finally {
            server("alter system reset autovacuum");
        }
        await().atMost(30, SECONDS).until(() -> vacuum().isEmpty());
    }

    private void server(String setting) {
        db.execute(setting);
        db.execute("select pg_reload_conf()");
    }

    private List<Finding> vacuum() {
        return new VacuumCheck(parts.part(TableUpkeep.class), Looks.DEFAULTS).look(Looks.scene(db));
    }

    @Test
    void aTableAsTheMigrationsMakeItHasNothingWrong() {
        assertThat(shape()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            drop index processing_queue_retries                                                  | missing-index
            drop index processing_queue_other; create index processing_queue_other on processing_queue (flow_name) | changed-index
            create index theirs on processing_queue (status)                                     | extra-index
            update pg_index set indisvalid = false where indexrelid = 'processing_queue_retries'::regclass | invalid-index
            drop trigger count_moved on processing_queue                                         | missing-trigger
            alter table processing_queue disable trigger count_inserted                          | disabled-trigger
            drop trigger count_deleted on processing_queue; create trigger count_deleted after insert on processing_queue for each statement execute function queue_total_clear() | changed-trigger
            create trigger theirs after truncate on processing_queue for each statement execute function queue_total_clear() | extra-trigger
            drop function queue_recount()                                                        | missing-function
            alter function queue_recount() security definer                                      | changed-function
            alter table processing_queue drop column depth                                       | missing-column
            alter table processing_queue alter column depth type integer                         | changed-column
            alter table processing_queue alter column available_at drop default                  | changed-column
            """)
    void whatIsNotAsTheMigrationsMadeItIsFound(String ddl, String id) {
        db.execute(ddl);

        assertThat(shape()).containsExactly(id);
    }

    @Test
    void whatAnAdoptedTableMayHaveIsNotFound() {
        db.execute(
                "alter table processing_queue add column theirs int; alter index processing_queue_pkey rename to theirs;"
                        + " create function theirs() returns int language sql as 'select 1'");

        assertThat(shape()).isEmpty();
    }

    private List<String> shape() {
        return Looks.ids(new ShapeCheck(parts.part(QueueShape.class)).look(Looks.scene(db)));
    }

    @Test
    void clocksThatDifferAreFound() {
        assertThat(clock(Duration.ZERO)).isEmpty();
        assertThat(clock(Duration.ofSeconds(-4))).isEmpty();
        assertThat(clock(Duration.ofSeconds(7))).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo("clock-difference");
            assertThat(it.title()).isEqualTo("This replica's clock is 7 s ahead of PostgreSQL's");
        });
        assertThat(clock(Duration.ofSeconds(-70)))
                .singleElement()
                .satisfies(it -> assertThat(it.title()).contains("70 s behind"));
    }

    private List<Finding> clock(Duration ahead) {
        InstantSource clock = InstantSource.offset(InstantSource.system(), ahead);
        return new ClockCheck(db.workerJdbc(), Looks.DEFAULTS, clock).look(Looks.scene(db));
    }

    @Test
    void retriesThatPileUpAreFound() {
        List<Long> ids = db.insertPending("a", 3);
        ids.forEach(it -> db.fail(it, "now() + interval '1 min'"));
        assertThat(retries(3)).isEmpty();

        assertThat(retries(2)).containsExactly("many-retries");
        db.fail(ids.getFirst(), "now() - interval '6 min'");
        assertThat(retries(3)).containsExactly("overdue-retries");
    }

    private List<String> retries(int many) {
        return Looks.ids(new RetriesCheck(parts.part(RetryBacklog.class), Looks.with(0, many)).look(Looks.scene(db)));
    }

    @Test
    void idsThatComeToTheirEndAreFound() {
        var check = new IdsCheck(parts.part(IdRoom.class), Looks.DEFAULTS);
        db.insertPending("a", 1);
        assertThat(check.look(Looks.scene(db))).isEmpty();

        db.execute("select setval('processing_queue_id_seq', 1800000000)");
        assertThat(check.look(Looks.scene(db))).isEmpty();
        db.execute("alter sequence processing_queue_id_seq as integer");

        assertThat(check.look(Looks.scene(db))).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo("ids-run-out");
            assertThat(it.title()).startsWith("84 % of the ids of processing_queue");
        });
    }

    @Test
    void aSlowAnswerIsFound() {
        var check = new ResponseTimeCheck(Looks.DEFAULTS);

        assertThat(check.look(Looks.answeredAfter(Duration.ofMillis(999)))).isEmpty();
        assertThat(Looks.ids(check.look(Looks.answeredAfter(Duration.ofSeconds(2)))))
                .containsExactly("slow-database");
        assertThat(Looks.ids(check.look(Looks.answeredAfter(Duration.ofSeconds(4)))))
                .containsExactly("very-slow-database");
    }
}
