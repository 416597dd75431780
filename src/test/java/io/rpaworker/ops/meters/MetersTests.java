package io.rpaworker.ops.meters;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Runs;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.ops.Reader;
import io.rpaworker.ops.Scrape;
import io.rpaworker.ops.run.Nightly;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetersTests {

    private static final Pattern ID = Pattern.compile("\\d+|.*[0-9a-f]{8}-[0-9a-f]{4}-.*");

    // Its maximum is a family of its own.
    private static final Pattern FAMILY = Pattern.compile("(?m)^# TYPE (\\w+?)(?:_max)? ");
    private static final Pattern TOLD = Pattern.compile("(?<=^\\| |^\\| `\\w{1,60}`, )`(\\w+)`", Pattern.MULTILINE);

    private static final RpaDb DB = Postgres.migrated();
    private static final TestWorker WORKER = new Nightly()
            .on(DB)
            // What failed once does not come back during the tests.
            .property("rpa.global.retry.initial-delay", "2h")
            .property("rpa.global.retry.max-delay", "2h")
            .flow(Reader.FLOW)
            .bean(new Reader())
            .start();

    /** Ten records, of which 1 is rejected and 2 fails; two that nobody knows, and one that a dead replica left. */
    @BeforeAll
    static void work() {
        DB.insertPending(Reader.FLOW, 10);
        DB.insertPending("of-a-newer-version", 2);
        DB.insertReplica("dead");
        DB.expireLease("dead");
        DB.jdbc().sql("""
                        with claimed as (
                            update processing_queue
                            set status = 'processing', claimed_at = now(), claim_id = gen_random_uuid()
                            where id = (select max(id) from processing_queue)
                            returning id, flow_name, claim_id
                        )
                        insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                        select claim_id, 'dead', flow_name, array[id] from claimed
                        """).update();
        WORKER.until(() -> DB.count(Reader.FLOW, "completed") == 8 && DB.count(Reader.FLOW, "failed") == 2);
        // Counted after the commit: the table shows it a moment earlier.
        WORKER.until(() -> Scrape.of(WORKER).ours().stream()
                .anyMatch(it -> it.name().equals("rpa_lease_recovered_total")
                        && "of-a-newer-version".equals(it.labels().get("flow"))));
        WORKER.until(() -> Scrape.of(WORKER).value("rpa_leader") == 1);
        WORKER.bean(Runs.class).start(Nightly.FLOW, Map.of("records", 0));
        WORKER.until(() ->
                Scrape.of(WORKER).ours().stream().anyMatch(it -> it.name().equals("rpa_run_duration_seconds_count")));
        WORKER.bean(QueueSnapshots.class).refreshOnce();
    }

    @AfterAll
    static void close() {
        WORKER.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpa_record_process_seconds_count",
                "rpa_record_wait_seconds_count",
                "rpa_claim_seconds_count",
                "rpa_claim_size_count",
                "rpa_queue_depth",
                "rpa_queue_oldest_age_seconds",
                "rpa_lease_recovered_total",
                "rpa_fence_rejected_total",
                "rpa_deadletters_total",
                "rpa_heartbeat_lag_seconds",
                "rpa_lease_seconds",
                "rpa_slots",
                "rpa_call_age_seconds",
                "rpa_flow_waiting",
                "rpa_totals_differed",
                "rpa_leader",
                "rpa_retention_undeletable",
                "rpa_monitoring_age_seconds",
                "rpa_db_dead_tuples",
                "rpa_db_snapshot_age_seconds",
                "rpa_db_snapshot_transactions",
                "rpa_run_active",
                "rpa_run_duration_seconds_count",
                "rpa_run_failed",
                "rpa_run_stalled_seconds"
            })
    void isThere(String name) {
        assertThat(Scrape.of(WORKER).ours()).extracting(Scrape.Sample::name).contains(name);
    }

    @Test
    void theDocumentNamesEveryMeterAndNoOther() throws IOException {
        openRun("documented");
        WORKER.bean(QueueSnapshots.class).refreshOnce();
        String document = Files.readString(Path.of("docs/metrics.md"));
        Set<String> shown = FAMILY.matcher(
                        Management.get(WORKER, "/actuator/prometheus").body())
                .results()
                .map(it -> it.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> told =
                TOLD.matcher(document).results().map(it -> it.group(1)).collect(Collectors.toCollection(TreeSet::new));

        assertThat(told)
                .filteredOn(it -> it.startsWith("rpa_"))
                .containsExactlyInAnyOrderElementsOf(
                        shown.stream().filter(it -> it.startsWith("rpa_")).toList());
        assertThat(shown)
                .filteredOn(it -> !it.startsWith("rpa_"))
                .allSatisfy(it -> assertThat(told).anyMatch(start -> start.endsWith("_") && it.startsWith(start)));
    }

    @Test
    void noTagHasAnId() {
        assertThat(Scrape.of(WORKER).ours())
                .isNotEmpty()
                // Only of a run that has not ended.
                .filteredOn(it -> !it.name().equals("rpa_run_leader"))
                .allSatisfy(it -> assertThat(it.labels()).allSatisfy((key, value) -> {
                    assertThat(key).isIn("flow", "outcome", "status", "state", "kind");
                    assertThat(value).doesNotMatch(ID);
                }));
    }

    @Test
    void theNumbersAgreeWithTheTable() {
        var scrape = Scrape.of(WORKER);

        assertThat(processed(scrape, "completed")).isEqualTo(8);
        assertThat(processed(scrape, "retried")).isEqualTo(1);
        assertThat(processed(scrape, "dead_letter")).isEqualTo(1);
        assertThat(scrape.value("rpa_deadletters_total", "flow", Reader.FLOW, "kind", "rejected"))
                .isEqualTo(1);
        assertThat(scrape.value("rpa_deadletters_total", "flow", Reader.FLOW, "kind", "payload"))
                .isZero();
        assertThat(scrape.value("rpa_lease_recovered_total", "flow", "of-a-newer-version"))
                .isEqualTo(1);
        assertThat(scrape.value("rpa_record_wait_seconds_count", "flow", Reader.FLOW))
                .isEqualTo(10);
        assertThat(depth(scrape, Reader.FLOW, "completed")).isEqualTo(8);
        assertThat(depth(scrape, Reader.FLOW, "failed")).isEqualTo(2);
        assertThat(depth(scrape, Reader.FLOW, "pending")).isZero();
        assertThat(depth(scrape, "of-a-newer-version", "pending")).isEqualTo(2);
        assertThat(scrape.value("rpa_queue_oldest_age_seconds", "flow", Reader.FLOW))
                .isZero();
        assertThat(scrape.value("rpa_queue_oldest_age_seconds", "flow", "of-a-newer-version"))
                .isPositive();
    }

    @Test
    void theStatesOfTheSlotsAddUp() {
        var scrape = Scrape.of(WORKER);

        assertThat(slots(scrape, "busy")).isZero();
        assertThat(slots(scrape, "stuck")).isZero();
        assertThat(slots(scrape, "free")).isEqualTo(16);
    }

    @Test
    void tellsWhatKeepsTheTableFromBeingCleanedUp() throws SQLException {
        try (Connection report = DB.dataSource().getConnection();
                var statement = report.createStatement()) {
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            statement.execute("select 1");
            DB.insertPending("of-another-version", 200);
            DB.jdbc()
                    .sql("delete from processing_queue where flow_name = 'of-another-version'")
                    .update();
            DB.jdbc().sql("analyze processing_queue").update();
            WORKER.bean(QueueSnapshots.class).refreshOnce();
            var held = Scrape.of(WORKER);

            assertThat(held.value("rpa_db_dead_tuples")).isGreaterThanOrEqualTo(200);
            assertThat(held.value("rpa_db_snapshot_age_seconds")).isPositive();
            assertThat(held.value("rpa_db_snapshot_transactions")).isGreaterThanOrEqualTo(2);
            // Nothing is asked when somebody looks.
            assertThat(Scrape.of(WORKER).value("rpa_db_snapshot_age_seconds"))
                    .isEqualTo(held.value("rpa_db_snapshot_age_seconds"));
        }
    }

    @Test
    void aFlowWithoutRecordsDisappearsUnlessItRunsHere() {
        DB.jdbc().sql("delete from processing_queue").update();
        WORKER.bean(QueueSnapshots.class).refreshOnce();
        var emptied = Scrape.of(WORKER);
        DB.insertPending("of-a-newer-version", 2);
        DB.insert(Reader.FLOW, "completed", 8);
        DB.insert(Reader.FLOW, "failed", 2);
        WORKER.bean(QueueSnapshots.class).refreshOnce();

        assertThat(depth(emptied, Reader.FLOW, "completed")).isZero();
        assertThat(emptied.ours())
                .noneMatch(
                        it -> it.name().equals("rpa_queue_depth") && it.labels().containsValue("of-a-newer-version"));
    }

    /** One that this replica leads, a record of which nobody handles, and whose flow has missed a tick. */
    private static void openRun(String flow) {
        DB.jdbc()
                .sql("""
                        with run as (
                            insert into processing_run (flow_name, trigger, parameters_hash, state, actor, leader_id,
                                leader_since, started_at)
                            values (:flow, 'api', 'a', 'processing', 'api', :leader, now(), now() - interval '1 hour')
                            returning id
                        ), record as (
                            insert into processing_queue (flow_name, payload, run_id, run_key)
                            select :flow, '{}', id, 'a' from run
                        )
                        insert into run_schedule (flow_name, schedule, looked_until, missed) values (:flow, '-', now(), 2)
                        """)
                .param("flow", flow)
                .param(
                        "leader",
                        WORKER.bean(Heartbeat.class).instance().orElseThrow().id())
                .update();
    }

    @Test
    void whatRunsDoIsTold() {
        openRun("led");
        WORKER.bean(QueueSnapshots.class).refreshOnce();
        var scrape = Scrape.of(WORKER);

        assertThat(scrape.value("rpa_run_active", "flow", "led", "state", "processing"))
                .isEqualTo(1);
        assertThat(scrape.value("rpa_run_active", "flow", Nightly.FLOW, "state", "discovering"))
                .isZero();
        assertThat(scrape.value("rpa_run_stalled_seconds", "flow", "led")).isLessThan(60);
        DB.execute("update processing_run set created_at = now() - interval '1 hour' where flow_name = 'led'");
        WORKER.bean(QueueSnapshots.class).refreshOnce();
        assertThat(Scrape.of(WORKER).value("rpa_run_stalled_seconds", "flow", "led"))
                .isBetween(3_600.0, 3_700.0);
        assertThat(scrape.value("rpa_run_stalled_seconds", "flow", Nightly.FLOW))
                .isZero();
        assertThat(scrape.value("rpa_run_failed", "flow", Nightly.FLOW)).isZero();
        assertThat(scrape.value("rpa_run_ticks_missed_total", "flow", "led")).isEqualTo(2);
        assertThat(scrape.ours())
                .anyMatch(
                        it -> it.name().equals("rpa_run_leader") && it.labels().containsValue("led"));

        // Something of it has ended within the last minute, as the statistics know.
        DB.execute(
                "insert into flow_statistics select 'led', 'minute', date_trunc('minute', now() - interval '4 minutes'), 1,"
                        + " 0, 0, 0, 0, 0, 0, 0, 0, 0, array_fill(0, array[25]), 0, array_fill(0, array[25])");
        DB.execute("insert into processing_run (flow_name, trigger, parameters_hash, state, actor, ended_at, reason)"
                + " values ('nightly', 'api', 'a', 'failed', 'api', now(), 'Discovery has failed')");
        WORKER.bean(QueueSnapshots.class).refreshOnce();
        assertThat(Scrape.of(WORKER).value("rpa_run_stalled_seconds", "flow", "led"))
                .isBetween(180.0, 300.0);
        assertThat(Scrape.of(WORKER).value("rpa_run_failed", "flow", Nightly.FLOW))
                .isEqualTo(1);

        DB.execute("delete from processing_run where flow_name in ('led', 'nightly')");
        WORKER.bean(QueueSnapshots.class).refreshOnce();
        assertThat(Scrape.of(WORKER).ours())
                .noneMatch(
                        it -> it.name().equals("rpa_run_leader") && it.labels().containsValue("led"))
                .noneMatch(
                        it -> it.name().equals("rpa_run_active") && it.labels().containsValue("led"));
    }

    private static double processed(Scrape scrape, String outcome) {
        return scrape.value("rpa_record_process_seconds_count", "flow", Reader.FLOW, "outcome", outcome);
    }

    private static double depth(Scrape scrape, String flow, String status) {
        return scrape.value("rpa_queue_depth", "flow", flow, "status", status);
    }

    private static double slots(Scrape scrape, String state) {
        return scrape.value("rpa_slots", "flow", Reader.FLOW, "state", state);
    }
}
