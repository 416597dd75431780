package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.queue.OldQueue;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/sql/roles.sql} and the migrations let each role do. */
class PrivilegesTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/privileges.txt");
    private static final String PRODUCER = "old_producer";

    private final RpaDb db = Postgres.empty();

    @Test
    void areThoseThatSomebodyHasRead() throws IOException {
        Postgres.migrateAsMigrator(db);

        Golden.assertFile(Privileges.of(db), GOLDEN);
    }

    @Test
    void areTheSameHoweverOftenTheScriptRuns() {
        Postgres.migrateAsMigrator(db);
        List<String> before = Privileges.of(db);

        WorkerRole.setUp(db);

        assertThat(Privileges.of(db)).isEqualTo(before);
    }

    // Its first failure, and its first claim, would wait for whoever runs the script.
    @Test
    void theWorkerOfTheReleaseBeforeMayKeepFailuresAndReadPausesAtOnce() throws SQLException {
        Postgres.migrateAsMigrator(db);
        db.execute("drop view flow_execution_logs; drop table processing_run, run_schedule, survey_summary;"
                + " alter table survey_result drop column run_id;"
                + " alter table processing_queue drop column run_key, drop column parent_id, drop column depth;"
                + " drop index processing_queue_run_waiting, processing_queue_run_failures,"
                + " processing_queue_run_retries;"
                + " drop function run_goes_on, grant_to_workers;"
                + " drop function rpa_pause, rpa_resume, rpa_retry, rpa_discard, rpa_explain, told_flow, told_filter,"
                + " told_moment, told_distance, told_words; alter table worker_instance drop column conditions,"
                + " drop column conditions_at; drop table flow_control, record_cancellation;"
                + " alter table operator_action drop column reason; alter table canary_retry drop column reason;"
                + " revoke select on operator_action from rpa_worker;"
                + " drop table processing_log; alter table worker_instance drop column handlers;"
                + " alter table leader_term drop column taken_at, drop column taken_term;"
                + " drop table flow_statistics, failure_statistics, statistics_writer;"
                + " delete from rpa_worker_schema_history where version in ('013', '014', '015', '016', '017',"
                + " '018', '019')");

        Postgres.migrate(db.url());

        as(
                WorkerRole.WORKER,
                "insert into processing_log (flow_name, record_id, attempt, outcome) values ('f', 1, 1, 'retried')");
        as(WorkerRole.WORKER, "delete from processing_log where id = 1");
        as(WorkerRole.WORKER, "select * from flow_control, record_cancellation, operator_action");
        as(WorkerRole.WORKER, "insert into flow_control (flow_name, paused_by) values ('f', 'ada')");
        as(WorkerRole.WORKER, "delete from flow_control");
        as(WorkerRole.WORKER, "select * from processing_run, run_schedule, survey_summary, flow_execution_logs");
        as(WorkerRole.WORKER, "insert into run_schedule values ('f', '-', now())");
        assertThatThrownBy(() -> as(WorkerRole.VIEWER, "delete from processing_log"))
                .hasMessageContaining("permission denied");
    }

    @Test
    void areThoseOfTheSchemaThatTheSearchPathNamesFirst() {
        RpaDb elsewhere = RpaDb.at(db.url() + "?currentSchema=rpa,public");
        db.execute("create schema rpa; grant create on schema rpa to public");

        Postgres.migrateAsMigrator(elsewhere);

        // Of public the public has usage, of another schema it does not.
        Postgres.migrateAsMigrator(db);
        assertThat(Privileges.of(elsewhere))
                .isEqualTo(Privileges.of(db).stream()
                        .filter(it -> !it.matches("schema.* public .*"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {WorkerRole.VIEWER, WorkerRole.OPERATOR})
    void viewersAndOperatorsSeeEveryTableAndChangeNone(String role) throws SQLException {
        Postgres.migrateAsMigrator(db);
        List<String> tables = db.jdbc()
                .sql("select tablename from pg_tables where schemaname = 'public'")
                .query(String.class)
                .list();

        assertThat(tables).contains("processing_queue", "adoption", "operator_action");
        for (String table : tables) {
            as(role, "select * from " + table);
            assertThatThrownBy(() -> as(role, "delete from " + table)).hasMessageContaining("permission denied");
        }
    }

    // Whoever made it goes on writing to it; the migrator is to convert it.
    @Test
    void aTableOfTheOldSystemBecomesTheMigrators() throws SQLException {
        old();

        Postgres.migrateAsMigrator(db);

        assertThat(owners()).containsOnly(WorkerRole.MIGRATOR);
        as(PRODUCER, "insert into processing_queue (flow_name, payload) values ('f', '{}')");
        as(PRODUCER, "update processing_queue set status = 'failed'");
        as(WorkerRole.WORKER, "insert into processing_queue (flow_name, payload) values ('f', '{}')");
        assertThat(db.status(1)).isEqualTo("failed");
    }

    @Test
    void soDoesASequenceThatNoColumnOwns() throws SQLException {
        old();
        db.execute("alter sequence processing_queue_id_seq owned by none");
        db.execute("alter sequence processing_queue_id_seq rename to record_ids");

        Postgres.migrateAsMigrator(db);

        assertThat(owners()).containsOnly(WorkerRole.MIGRATOR);
        as(PRODUCER, "insert into processing_queue (flow_name, payload) values ('f', '{}')");
        as(WorkerRole.WORKER, "insert into processing_queue (flow_name, payload) values ('f', '{}')");
    }

    // Functions that run as their owner write to it: they would lose their rights on it.
    @Test
    void aTableThatIsAdoptedStaysItsOwners() throws SQLException {
        Postgres.migrate(db.url());

        WorkerRole.setUp(db);

        assertThat(owners()).containsOnly("postgres");
        as(WorkerRole.WORKER, "insert into processing_queue (flow_name, payload) values ('f', '{}')");
        as(WorkerRole.WORKER, "update processing_queue set status = 'failed'");
    }

    @Test
    void nothingIsDoneWhereThereIsNoSchema() {
        assertThatThrownBy(() -> WorkerRole.setUp(RpaDb.at(db.url() + "?currentSchema=nowhere")))
                .hasMessageContaining("names no schema that exists");
    }

    private void old() {
        db.execute("do $$ begin create role " + PRODUCER + "; exception when duplicate_object then null; end $$");
        db.execute(OldQueue.TABLE);
        db.execute("grant usage on schema public to " + PRODUCER);
        db.execute("alter table processing_queue owner to " + PRODUCER);
    }

    private List<String> owners() {
        return db.jdbc().sql("""
                        select pg_get_userbyid(relowner) from pg_class
                        where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')
                        """).query(String.class).list();
    }

    private void as(String role, String statement) throws SQLException {
        try (Connection connection = db.dataSource().getConnection();
                var session = connection.createStatement()) {
            session.execute("set role " + role);
            session.execute(statement);
        }
    }
}
