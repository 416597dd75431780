package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.leader.Leadership;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.ops.Gate;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.Reader;
import io.rpaworker.testing.Network;
import io.rpaworker.testing.PgBouncer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class DiagnosticsEndpointTests {

    private final RpaDb db = Postgres.migrated();

    @Test
    void aHealthyWorkerWithADrainedQueueHasNoFinding() {
        try (var worker = worker().flow(Reader.FLOW).bean(new Reader()).start()) {
            records(Reader.FLOW, 5);
            worker.until(() ->
                    db.count(Reader.FLOW, "completed") == 5 && health(worker).equals("listening"));

            worker.until(() -> get(worker, "")
                            .at("/queue_diagnostics/by_flow/reader/completed")
                            .asInt()
                    == 5);

            Answer answer = get(worker, "");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(ids(answer)).as(answer.body()).isEmpty();
            assertThat(answer.at("/issues_found").size()).isZero();
            assertThat(answer.text("/recommendations/0")).isEqualTo("System appears to be operating normally");
            assertThat(answer.at("").propertyNames())
                    .containsExactly(
                            "diagnostic_timestamp",
                            "processor_instance_id",
                            "target_flow",
                            "system_health",
                            "queue_diagnostics",
                            "orphaned_records_analysis",
                            "performance_analysis",
                            "database_diagnostics",
                            "issues_found",
                            "recommendations",
                            "findings");
            assertThat(answer.text("/system_health/status")).isEqualTo("healthy");
            assertThat(answer.at("/queue_diagnostics/by_flow/reader/completed").asInt())
                    .isEqualTo(5);
            assertThat(answer.at("/orphaned_records_analysis/total_orphaned_records")
                            .asInt())
                    .isZero();
            assertThat(answer.at("/orphaned_records_analysis/oldest_orphaned_hours")
                            .asDouble())
                    .isZero();
            assertThat(answer.at("/performance_analysis").propertyNames())
                    .containsExactly(
                            "analysis_timestamp",
                            "time_window_hours",
                            "total_processed",
                            "total_completed",
                            "success_rate_percent",
                            "avg_processing_time_minutes",
                            "performance_by_flow");
            assertThat(get(worker, "?include_performance_analysis=false")
                            .at("/performance_analysis")
                            .size())
                    .isZero();
            assertThat(answer.text("/database_diagnostics/migration_status/current_version"))
                    .isEqualTo("019");
            assertThat(answer.at("/database_diagnostics/migration_status/pending_migrations")
                            .size())
                    .isZero();
            assertThat(answer.at("/target_flow").isNull()).isTrue();
        }
    }

    /** In the old system failures were never counted, and the rate was always 100 %. */
    @Test
    void failuresCountAndALongMeanTimeIsAnIssue() {
        settled("slow", 3, 1, 4 * 3_700);
        settled("quick", 6, 0, 6);
        try (var worker = still().start()) {

            Answer answer = get(worker, "");

            assertThat(answer.at("/performance_analysis/total_processed").asInt())
                    .isEqualTo(10);
            assertThat(answer.at("/performance_analysis/total_completed").asInt())
                    .isEqualTo(9);
            assertThat(answer.at("/performance_analysis/success_rate_percent").asDouble())
                    .isEqualTo(90);
            assertThat(answer.at("/performance_analysis/avg_processing_time_minutes")
                            .asDouble())
                    .isEqualTo(24.68);
            assertThat(answer.text("/performance_analysis/performance_by_flow/1/flow_name"))
                    .isEqualTo("slow");
            assertThat(answer.at("/performance_analysis/performance_by_flow/1/failed_count")
                            .asInt())
                    .isOne();
            assertThat(Instant.parse(answer.text("/performance_analysis/performance_by_flow/1/last_completion")))
                    .isAfter("2026-01-01T00:00:00Z");
            assertThat(texts(answer, "/issues_found")).noneMatch(it -> it.contains("processing time"));

            assertThat(texts(get(worker, "?flow_name=slow"), "/issues_found"))
                    .anyMatch(it -> it.contains("processing time"));
        }
    }

    private void settled(String flow, int completed, int dead, double seconds) {
        db.insert(flow, "completed", 1);
        db.jdbc()
                .sql("""
                        insert into flow_statistics (
                            flow_name, span, starts_at, completed, retried_error, retried_timeout, dead_error,
                                dead_timeout, dead_rejected,
                            dead_payload, dead_poison, released, wait_seconds, waits, run_seconds, runs)
                        values (
                            :flow, 'hour', date_trunc('hour', now(), 'UTC'), :completed, 0, 0, :dead, 0, 0, 0, 0, 0, 0,
                            array_fill(0, array[25]), :seconds, array_fill(0, array[24]) || (:completed + :dead))
                        """)
                .param("flow", flow)
                .param("completed", completed)
                .param("dead", dead)
                .param("seconds", seconds)
                .update();
    }

    @Test
    void orphansAreAnalysedUnlessTheyAreDeclined() {
        db.insertOld("a", "processing", 12, "3 hours");
        db.insertOld("b", "processing", 1, "5 hours");
        db.insertOld("b", "processing", 1, "2 hours");
        try (var worker = still().start()) {

            Answer answer = get(worker, "");

            assertThat(answer.at("/orphaned_records_analysis/total_orphaned_records")
                            .asInt())
                    .isEqualTo(14);
            assertThat(answer.text("/orphaned_records_analysis/orphaned_by_flow/0/flow_name"))
                    .isEqualTo("a");
            assertThat(answer.at("/orphaned_records_analysis/orphaned_by_flow/1/avg_hours_stuck")
                            .asDouble())
                    .isEqualTo(3.5);
            assertThat(answer.at("/orphaned_records_analysis/oldest_orphaned_hours")
                            .asDouble())
                    .isEqualTo(5);
            assertThat(texts(answer, "/issues_found")).contains("Found 14 orphaned records");
            assertThat(texts(answer, "/recommendations"))
                    .anyMatch(it -> it.startsWith("More than 10 records are orphaned"));

            Answer ofB = get(worker, "?flow_name=b&includePerformanceAnalysis=false");
            assertThat(ofB.at("/orphaned_records_analysis/total_orphaned_records")
                            .asInt())
                    .isEqualTo(2);
            assertThat(ofB.text("/queue_diagnostics/flow_name")).isEqualTo("b");
            assertThat(ofB.at("/queue_diagnostics/by_flow").isMissingNode()).isTrue();
            assertThat(texts(ofB, "/issues_found")).contains("Found 2 orphaned records");
            assertThat(ofB.at("/findings")
                            .valueStream()
                            .map(it -> it.at("/evidence/flow_name").asString("b")))
                    .containsOnly("b");

            Answer without = get(worker, "?include_orphaned_analysis=false");
            assertThat(without.at("/orphaned_records_analysis").size()).isZero();
            assertThat(texts(without, "/issues_found")).noneMatch(it -> it.startsWith("Found"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "?flow_name=survey_procesor, 404, not_found",
        "?flow=a, 400, invalid_parameter",
        "?include_orphaned_analysis=perhaps, 400, invalid_parameter"
    })
    void whatMakesNoSenseIsRefused(String query, int status, String type) {
        try (var worker = still().start()) {
            Answer answer = get(worker, query);

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text("/error_type")).isEqualTo(type);
        }
    }

    @Test
    void flowsOfTheConfigurationAndOfReplicasAndOfRecordsAreKnown() {
        db.insertReplica("a");
        db.execute("update worker_instance set handlers = '{\"of_another\": {\"handler\": \"X\"}}'");
        db.insert("of_records", "completed", 1);
        try (var worker = still().start()) {
            for (String flow : List.of("survey_processor", "of_another", "of_records")) {
                assertThat(get(worker, "?flowName=" + flow).status()).as(flow).isEqualTo(200);
            }
        }
    }

    @Test
    void whatIsWrongWithTheSchemaAndWithWhoHandlesWhatIsFoundAtOnce() {
        db.execute("delete from rpa_worker_schema_history where version = '014'; insert into rpa_worker_schema_history"
                + " (installed_rank, version, description, type, script, installed_by, execution_time, success)"
                + " values (99, '099', 'x', 'SQL', 'x', 'x', 1, false)");
        db.execute(
                "insert into worker_instance (id, host, version, started_at, lease_until, handlers) select h, h, '1',"
                        + " now() - interval '20 min', now() + interval '1 hour',"
                        + " jsonb_build_object('invoice', jsonb_build_object('handler', h)) from unnest(array['x', 'y']) h");
        db.insertOld("invioce", "pending", 1, "10 minutes");
        try (var worker = still().property("spring.flyway.enabled", "false").start()) {
            Answer answer = get(worker, "");

            assertThat(ids(answer))
                    .containsExactlyInAnyOrder(
                            "pending-migrations",
                            "failed-migration",
                            "unhandled-flow",
                            "differing-handlers",
                            "no-leader");
            assertThat(severities(answer)).isSorted();
            assertThat(texts(answer, "/database_diagnostics/migration_status/pending_migrations"))
                    .singleElement()
                    .asString()
                    .contains("V014");
            assertThat(answer.body()).contains("\"nearest\":\"invoice\"");
        }
    }

    @Test
    void partitionsThatDoNotFitTogetherAreFound() {
        db.execute("insert into leader_term values ('chores', 'a', 1, now() + interval '1 hour')");
        try (var worker = still().start()) {
            replicas("[0, 3]", "[1, 3]");
            assertThat(ids(get(worker, "?flow_name=shared")))
                    .as("nothing waits")
                    .isEmpty();
            db.insertOld("shared", "pending", 3, "5 minutes");
            assertThat(ids(get(worker, "?flow_name=shared"))).containsExactly("partition-gap");
            replicas("[0, 3]", "[1, 3]", "[2, 3]");
            assertThat(ids(get(worker, "?flow_name=shared"))).isEmpty();

            replicas("[0, 3]", "[1, 3]", "[1, 3]");
            Answer answer = get(worker, "?flow_name=shared");
            assertThat(ids(answer)).containsExactly("partition-gap", "partition-double");
            assertThat(answer.text("/findings/0/title"))
                    .contains("divided by 3")
                    .contains("[2]");
            assertThat(answer.at("/findings/0/evidence/instance_ids/0").asInt()).isEqualTo(2);
            assertThat(answer.at("/findings/1/evidence/instance_id").asInt()).isOne();
            assertThat(answer.at("/findings/1/evidence/hosts")).hasSize(2);

            replicas("[0, 3]", "[1, 2]");
            assertThat(ids(get(worker, "?flow_name=shared"))).containsExactly("differing-partitions");
            replicas("[0, 2]", "[0, 1]");
            assertThat(ids(get(worker, "?flow_name=shared"))).containsExactly("differing-partitions");
            replicas("[0, 1]", "[0, 1]");
            assertThat(ids(get(worker, "?flow_name=shared"))).isEmpty();

            replicas("[0, 3]", "[0, 1]");
            db.execute(
                    "update worker_instance set started_at = now() where handlers #>> '{shared,partition,count}' = '1'");
            assertThat(ids(get(worker, "?flow_name=shared"))).as("a rollout").isEmpty();
            replicas("[0, 3]", "[1, 2]");
            db.execute("update worker_instance set handlers = '{\"shared\": {\"handler\": \"H\"}}'"
                    + " where handlers #>> '{shared,partition,count}' = '2'");
            assertThat(ids(get(worker, "?flow_name=shared")))
                    .as("an older release does not tell its share")
                    .isEmpty();
        }
    }

    private void replicas(String... partitions) {
        db.execute("delete from worker_instance where host like 'of %'");
        for (String partition : partitions) {
            db.jdbc().sql("""
                            insert into worker_instance (id, host, version, started_at, lease_until, handlers)
                            select gen_random_uuid(), 'of ' || gen_random_uuid(), '1', now() - interval '20 min',
                                   now() + interval '1 hour',
                                   jsonb_build_object('shared', jsonb_build_object('handler', 'H', 'partition',
                                       jsonb_build_object('index', p -> 0, 'count', p -> 1)))
                            from (values (cast(:partition as jsonb))) v (p)
                            """).param("partition", partition).update();
        }
    }

    @Test
    void aReplicaTellsItsPartition() {
        try (var worker = still().property("rpa.worker.enabled", "true")
                .property("rpa.flows." + Reader.FLOW + ".partition.instance-id", "1")
                .property("rpa.flows." + Reader.FLOW + ".partition.instance-count", "2")
                .flow(Reader.FLOW)
                .bean(new Reader())
                .start()) {
            db.jdbc()
                    .sql("insert into processing_queue (flow_name, payload, available_at)"
                            + " select :flow, '{\"n\": 1}', now() - interval '5 min' from generate_series(1, 2)")
                    .param("flow", Reader.FLOW)
                    .update();
            worker.until(() -> get(worker, "?flow_name=" + Reader.FLOW)
                            .at("/findings/0/evidence/instance_ids/0")
                            .asInt(-1)
                    == 0);
            assertThat(Management.get(worker, "/actuator/workers")
                            .at("/workers/0/handlers/" + Reader.FLOW + "/partition/count")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void aCheckThatFailsSaysSoAndTakesNoOthersTurn() {
        db.insertReplica("a");
        db.execute("update worker_instance set started_at = now() - interval '1 hour'");
        db.execute("alter table leader_term rename to hidden");
        db.execute("drop index processing_queue_retries");
        try (var worker = still().property("spring.flyway.enabled", "false").start()) {
            Answer answer = get(worker, "");

            assertThat(ids(answer)).containsExactly("missing-index", "check-failed");
            assertThat(answer.text("/findings/1/severity")).isEqualTo("info");
            assertThat(answer.text("/findings/1/evidence/reason")).contains("42P01");
        }
    }

    @Test
    void aTableThatSomebodyHasLockedKeepsNoCheckForLong() throws SQLException {
        db.insertPending("a", 1);
        try (var worker = still().start()) {
            get(worker, "");
            try (Connection connection = db.dataSource().getConnection();
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("lock table queue_total in access exclusive mode");

                Answer answer = get(worker, "");

                assertThat(ids(answer)).containsOnly("check-failed");
                assertThat(answer.text("/findings/0/evidence/check")).isEqualTo("RetriesCheck");
                assertThat(answer.at("/queue_diagnostics/pending_records").asInt())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void whatIsSeenWithoutRpaDbIsToldWhileItDoesNotAnswer() {
        try (var worker = worker().property("spring.datasource.hikari.connection-timeout", "500")
                .start()) {
            db.shut();

            Answer answer = get(worker, "");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(ids(answer)).contains("database-unavailable", "configuration-problem");
            assertThat(answer.text("/system_health/status")).isEqualTo("unhealthy");
            assertThat(answer.at("/queue_diagnostics/total_records").asInt()).isEqualTo(-1);
            assertThat(answer.text("/database_diagnostics/status")).isEqualTo("unhealthy");
            assertThat(texts(answer, "/recommendations")).first().asString().startsWith("URGENT");
        } finally {
            db.open();
        }
    }

    @ParameterizedTest
    @CsvSource({"3s, slow-database", "101ms, very-slow-database"})
    void aDatabaseThatAnswersSlowlyIsFound(String verySlowAfter, String id) {
        try (var network = new Network(db);
                var worker = still().property("spring.datasource.url", network.url())
                        .property("rpa.monitoring.diagnosis.slow-after", "100ms")
                        .property("rpa.monitoring.diagnosis.very-slow-after", verySlowAfter)
                        .start()) {
            network.whileSlow(Duration.ofMillis(50), () -> {
                Answer answer = get(worker, "");

                assertThat(ids(answer)).contains(id).doesNotContain("database-unavailable");
                assertThat(answer.at("/database_diagnostics/response_time_ms").asDouble())
                        .isGreaterThan(100);
            });
        }
    }

    @Test
    void aDatabaseThatIsSilentIsUnavailable() {
        try (var network = new Network(db);
                var worker =
                        still().property("spring.datasource.url", network.url()).start()) {
            network.whileSilent(() -> {
                Answer answer = get(worker, "");

                assertThat(ids(answer)).first().isEqualTo("database-unavailable");
                assertThat(answer.text("/findings/0/severity")).isEqualTo("critical");
                assertThat(answer.text("/findings/0/evidence/reason")).contains("within 5");
                assertThat(answer.text("/system_health/status")).isEqualTo("unhealthy");
            });
        }
    }

    @Test
    void aChoreThatFailsIsFoundUntilItWorksAgain() {
        try (var worker =
                worker().property("rpa.maintenance.purge-interval", "100ms").start()) {
            worker.until(worker.bean(Leadership.class)::isLeader);
            assertThat(ids(get(worker, ""))).doesNotContain("chore-problem");

            db.execute("alter table processing_log rename to hidden");
            worker.until(() -> ids(get(worker, "")).contains("chore-problem"));
            assertThat(get(worker, "").body()).contains("Chore retention of attempts fails");

            db.execute("alter table hidden rename to processing_log");
            worker.until(() -> !ids(get(worker, "")).contains("chore-problem"));
        }
    }

    @Test
    void aLoopThatDiesIsFound() throws InterruptedException {
        try (var worker = still().start()) {
            assertThat(ids(get(worker, ""))).isEmpty();

            dies(worker, Role.of("trifling", "Rounds"));
            dies(worker, Role.vital("needed", "Rounds"));

            Answer answer = get(worker, "");
            assertThat(ids(answer)).containsExactly("dead-loop", "overdue-loop");
            assertThat(answer.text("/findings/0/title")).isEqualTo("The loop rpa-needed has ended");
            assertThat(answer.text("/findings/1/title")).isEqualTo("The loop rpa-trifling has ended");
        }
    }

    // No clock knows when such a rest is over.
    private static void dies(TestWorker worker, Role role) throws InterruptedException {
        Loop loop = worker.bean(Loops.class).of(role, () -> Duration.ofSeconds(Long.MAX_VALUE));
        loop.start();
        loop.await(Duration.ofSeconds(30));
    }

    @Test
    void whoHoldsAnOldSnapshotIsFound() throws SQLException {
        try (var worker = still().property("rpa.monitoring.old-snapshot-after", "1s")
                        .start();
                Connection report = db.dataSource().getConnection();
                var statement = report.createStatement()) {
            statement.execute("set application_name = 'quarterly report'");
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            statement.execute("select 1");

            worker.until(() -> ids(get(worker, "")).contains("held-snapshot"));

            assertThat(get(worker, "").text("/findings/0/evidence/application")).isEqualTo("quarterly report");
            assertThat(get(worker, "").text("/findings/0/what_to_do")).contains("pg_terminate_backend");
        }
    }

    @Test
    void callsThatHangAreFound() {
        var gate = new Gate();
        try (var worker = worker().flow(Gate.FLOW)
                .property("rpa.flows.gate.record-timeout", "1s")
                .property("rpa.flows.gate.concurrency", "2")
                .bean(gate)
                .start()) {
            db.jdbc()
                    .sql("insert into processing_queue (flow_name, payload) values ('gate', '{}')")
                    .update();
            worker.until(() -> ids(get(worker, "")).contains("hanging-call"));
            worker.until(() -> ids(get(worker, "")).contains("stuck-call"));
            db.jdbc()
                    .sql("insert into processing_queue (flow_name, payload) values ('gate', '{}')")
                    .update();
            worker.until(() -> ids(get(worker, "")).contains("all-slots-stuck"));
            gate.open();
        }
    }

    @Test
    void poolsThatAreInUseAreFound() throws Exception {
        try (var worker = still().property("spring.datasource.hikari.maximum-pool-size", "10")
                        .start();
                var waiting = Executors.newVirtualThreadPerTaskExecutor()) {
            var pool = worker.bean(DataSource.class).unwrap(HikariDataSource.class);
            var held = new ArrayList<Connection>();
            for (int i = 0; i < 8; i++) {
                held.add(pool.getConnection());
            }
            assertThat(ids(get(worker, ""))).isEmpty();
            held.add(pool.getConnection());
            assertThat(ids(get(worker, ""))).containsExactly("pool-busy");
            held.add(pool.getConnection());
            assertThat(ids(get(worker, ""))).containsExactly("pool-exhausted");
            Future<?> waiter = waiting.submit(() -> {
                pool.getConnection().close();
                return 1;
            });
            worker.until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
            assertThat(ids(get(worker, ""))).containsExactly("pool-exhausted", "pool-waiting");
            for (Connection connection : held) {
                connection.close();
            }
            waiter.get();
        }
    }

    @Test
    void aPoolThatIsTooSmallAndASourceThatDoesNotAnswerAreFound() {
        var reader = new Reader();
        reader.sourceAnswers.set(false);
        try (var worker = worker().flow(Reader.FLOW)
                .bean(reader)
                .property("spring.datasource.hikari.maximum-pool-size", "3")
                .start()) {
            records(Reader.FLOW, 1);
            worker.until(() -> ids(get(worker, "")).contains("source-unavailable"));

            Answer answer = get(worker, "");

            assertThat(ids(answer)).contains("pool-small");
            assertThat(answer.body()).doesNotContain("catalogue is closed");
        }
    }

    @Test
    void wakeUpsThatDoNotArriveAreFound() {
        Assumptions.assumeTrue(PgBouncer.program().isPresent(), "PgBouncer is not installed");
        try (var pooler = PgBouncer.before(db);
                var worker = worker().flow(Reader.FLOW)
                        .bean(new Reader())
                        .property("spring.datasource.url", pooler.url())
                        .property("spring.datasource.hikari.data-source-properties.prepareThreshold", "0")
                        .property("spring.datasource.hikari.data-source-properties.options", "")
                        .start()) {
            worker.until(() -> ids(get(worker, "")).containsAll(List.of("wake-up-unheard", "connection-pooler")));
        }
    }

    @Test
    void totalsThatDifferedAreFound() {
        db.insert("a", "completed", 10);
        db.execute(
                "insert into queue_total values ('a', 10); update leader_term set expires_at = now() - interval '1 s'");
        try (var worker =
                worker().property("rpa.maintenance.purge-interval", "100ms").start()) {
            worker.until(() -> ids(get(worker, "")).contains("totals-differed"));
        }
    }

    // The tests' server does not wait for its disk unless a session says so; and where counting takes long, as on a
    // busy
    // machine, it is the background's counts that are told.
    private TestWorker.Builder worker() {
        return TestWorker.on(db)
                .property("rpa.monitoring.refresh-interval", "1s")
                .property(
                        "spring.datasource.hikari.data-source-properties.options",
                        "-c synchronous_commit=on -c statement_timeout=30s -c lock_timeout=5s"
                                + " -c idle_in_transaction_session_timeout=15s");
    }

    private TestWorker.Builder still() {
        return worker().property("rpa.worker.enabled", "false").property("rpa.maintenance.enabled", "false");
    }

    private void records(String flow, int count) {
        db.jdbc()
                .sql(
                        "insert into processing_queue (flow_name, payload) select :flow, '{\"n\": 3}' from generate_series(1, :count)")
                .param("flow", flow)
                .param("count", count)
                .update();
    }

    private static String health(TestWorker worker) {
        return Management.get(worker, "/actuator/health").text("/components/worker/details/wake_up");
    }

    private static Answer get(TestWorker worker, String query) {
        return Management.get(worker, "/actuator/diagnostics" + query);
    }

    private static List<String> ids(Answer answer) {
        return answer.at("/findings")
                .valueStream()
                .map(it -> it.at("/id").asString())
                .toList();
    }

    private static List<Integer> severities(Answer answer) {
        return answer.at("/findings")
                .valueStream()
                .map(it -> List.of("critical", "warning", "info")
                        .indexOf(it.at("/severity").asString()))
                .toList();
    }

    private static List<String> texts(Answer answer, String pointer) {
        return answer.at(pointer)
                .valueStream()
                .map(DiagnosticsEndpointTests::text)
                .toList();
    }

    private static String text(JsonNode node) {
        return node.isObject() ? node.toString() : node.asString();
    }
}
