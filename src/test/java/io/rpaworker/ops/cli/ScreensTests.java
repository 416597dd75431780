package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.cli.CommandRun.Place;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What commands show, compared whole; what differs from run to run is written as a name. */
class ScreensTests {

    private static final RpaDb DB = Postgres.migrated();

    @TempDir
    Path folder;

    @BeforeEach
    void aQueue() {
        DB.emptyQueue("pod-a", "pod-b");
        DB.expireLease("pod-b");
        DB.insertPending("invoice", 3);
        DB.insert("invoice", "completed", 12);
        DB.insertPending("survey", 2);
        DB.fail(16, "null");
        DB.fail(17, "now() + interval '1 hour'");
        DB.jdbc()
                .sql(
                        "update processing_queue set error_message = E'broken\\u001b[2J\\nand more', failed_at = '2026-01-02T03:04:05Z' where id = 16")
                .update();
    }

    @Test
    void status() {
        // Ages have one width or another.
        assertThat(shown("status").replaceAll(" {2,}", "  ")).isEqualTo("""
                17 records: 3 pending, 0 processing, 12 completed, 2 failed (dead letters: 1)

                Flows
                FLOW  REPLICAS  PENDING  POSTPONED  PROCESSING  RETRYING  DEAD  COMPLETED  OLDEST DUE
                invoice  0  3  0  0  0  0  12  AGE
                survey  0  0  0  0  1  1  0  -

                Replicas
                REPLICA  VERSION  STATE  LEASE ENDS  LEADS  IN FLIGHT  OLDEST CLAIM  UP
                pod-a  1  live  in AGE  -  0  -  AGE
                pod-b  1  crashed  AGE ago  -  0  -  AGE
                """);
    }

    @Test
    void statusAsJsonIsAsTheEndpointsHaveIt() {
        JsonNode status = CommandRun.run(DB, "status", "--json").json();

        assertThat(status.path("queue")
                        .path("by_flow")
                        .path("survey")
                        .path("dead")
                        .asInt())
                .isEqualTo(1);
        assertThat(status.path("workers").path("live").asInt()).isEqualTo(1);
        assertThat(status.path("workers")
                        .path("workers")
                        .get(0)
                        .path("lease_ends_in_seconds")
                        .isNumber())
                .isTrue();
    }

    @Test
    void flows() {
        assertThat(shown("flow", "list", "--rpa.flows.invoice.batch-size=7")).isEqualTo("""
                FLOW     CONFIGURED  MODE         LIVE REPLICAS  RECORDS
                invoice  disabled    distributed              0  yes
                survey   -           -                        0  yes
                """);
        assertThat(shown("flow", "show", "invoice", "--rpa.flows.invoice.batch-size=7"))
                .startsWith("Flow invoice: 0 live replicas process it, and it has some records\n")
                .contains("batch-size ", " 7 ");
    }

    @Test
    void deadLetters() {
        assertThat(shown("deadletter", "--list")).isEqualTo("""
                ID  KEY  FLOW    FAILED AT             ATTEMPTS  KIND   CAUSE  ERROR
                16    -  survey  2026-01-02T03:04:05Z         1  error      -  broken\\u001b[2J\\nand more
                """);
        assertThat(shown("deadletter", "list", "--flow", "survey")).isEqualTo(shown("deadletter", "--list"));
        assertThat(shown("deadletter", "groups")).contains("    1  survey  error");
        assertThat(shown("deadletter", "--analyze"))
                .contains("1 dead letter, from 2026-01-02T03:04:05Z to 2026-01-02T03:04:05Z");
        assertThat(CommandRun.run(DB, "deadletter", "list", "--flow", "invoice").exitCode())
                .isEqualTo(3);
    }

    @Test
    void deadLettersAreExportedByTheOldKeysAndOurs() {
        Path file = folder.resolve("dead.json");

        assertThat(CommandRun.run(DB, "deadletter", "--export", file.toString()).exitCode())
                .isZero();

        JsonNode export = JsonMapper.shared().readTree(file);
        assertThat(export.propertyNames()).containsExactly("export_timestamp", "run_id_filter", "items", "total_items");
        assertThat(export.path("items").get(0).propertyNames())
                .contains(
                        "queue_id",
                        "doc_id",
                        "run_id",
                        "source_name",
                        "failed_at",
                        "retry_count",
                        "error_message",
                        "error_details",
                        "metadata")
                .contains("id", "flow_name", "record_key", "failure_kind", "fingerprint", "attempts", "crash_count");
    }

    @Test
    void aRecord() {
        assertThat(shown("record", "1")).startsWith("""
                Record 1 of flow invoice is pending
                - It has been due for AGE (available_at TIME)
                """).contains("record_key", "available_at");
        assertThat(shown("record", "1", "--payload")).contains("{\"n\": 1}");
        assertThat(CommandRun.run(DB, "record", "16", "--wait").exitCode()).isEqualTo(1);
        assertThat(CommandRun.run(DB, "record", "4", "--wait").exitCode()).isZero();
        assertThat(CommandRun.run(DB, "record", "1", "--wait", "--timeout", "0").exitCode())
                .isEqualTo(1);
    }

    @Test
    void monitor() {
        assertThat(shown("monitor", "--details"))
                .contains("Queue degraded, 50 of 100", "Flows\nFLOW ", "Replicas\nREPLICA ", "pod-b")
                .endsWith("\n");
        assertThat(shown("monitor", "--details", "--worker-limit", "1"))
                .contains("1 more are not shown (--worker-limit)")
                .doesNotContain("pod-b");
    }

    @Test
    void alertsHaveTheOldNamesAndThresholds() {
        DB.execute("delete from processing_queue where status = 'failed'");
        assertThat(CommandRun.run(DB, "monitor", "--alerts").exitCode()).isEqualTo(3);
        assertThat(shown("monitor")).doesNotContain("Alerts");

        DB.expireLease("pod-a");
        DB.jdbc()
                .sql(
                        "update processing_queue set available_at = now() - interval '2 hours', created_at = now() - interval '2 hours' where id = 1")
                .update();
        CommandRun run = CommandRun.run(DB, "monitor", "--alerts", "--json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.json().valueStream().map(it -> it.path("type").asString()))
                .containsExactly("low_worker_count", "old_pending_documents");
        assertThat(run.json().get(0).propertyNames())
                .containsExactly("type", "severity", "message", "value", "threshold");
    }

    // An operator who has seen one there looks for it here.
    @Test
    void whatTheSummaryAlertsOfHasTheSameNamesAsTheAlerts() {
        assertThat(shown("monitor", "--alerts")).isEqualTo("""
                ALERT              SEVERITY  VALUE  THRESHOLD  WHAT
                failed_share       warning    11.8       10.0  Elevated failure rate: 11.8 % of all records have failed
                flow_failed_share  critical  100.0       50.0  Flow survey has a high failure rate: 100.0 % of all records have failed
                """);
        assertThat(shown("monitor")).contains("\nAlerts\n" + shown("monitor", "--alerts"));
    }

    @Test
    void aLiveRowLeavesTheLastColumnFree() {
        String[] size = Terminal.stty("size").split(" ", -1);
        int columns = size.length == 2 ? Integer.parseInt(size[1]) : 80;

        CommandRun run = Place.at(DB).withInput("q").onTerminal(columns).run("monitor", "--live");

        assertThat(run.err()).isEmpty();
        assertThat(run.out().replaceAll("\u001b\\[[?\\d]*[A-Za-z]", "").lines())
                .filteredOn(it -> it.startsWith("flow_failed_share"))
                .hasSize(1)
                .allMatch(it -> it.length() < columns);
    }

    @Test
    void theMonitorsExportHasTheOldKeysAndOurs() throws Exception {
        Path file = folder.resolve("monitor.json");

        assertThat(CommandRun.run(DB, "monitor", "--export", file.toString()).exitCode())
                .isZero();

        JsonNode export = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(export.propertyNames())
                .containsExactly(
                        "run_id",
                        "timestamp",
                        "run_metrics",
                        "worker_metrics",
                        "queue_health",
                        "alerts",
                        "queue",
                        "workers",
                        "monitor");
        assertThat(export.path("queue_health").propertyNames())
                .containsExactly(
                        "timestamp",
                        "total_pending",
                        "total_processing",
                        "total_completed",
                        "total_failed",
                        "total_retry",
                        "total_dead_letter",
                        "oldest_pending_age_seconds",
                        "average_processing_time",
                        "stale_work_items",
                        "worker_count");
    }

    @Test
    void diagnosis() {
        CommandRun run = CommandRun.run(DB, "diagnose");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains(" finding");
        assertThat(CommandRun.run(DB, "diagnose", "--json")
                        .json()
                        .path("findings")
                        .isArray())
                .isTrue();
    }

    @Test
    void performance() {
        assertThat(shown("performance", "--hours", "2"))
                .contains("From TIME to TIME", "FLOW  COMPLETED  DEAD  FAILED ATTEMPTS", "all ");
    }

    @Test
    void environmentsAreCompared() {
        CommandRun run = CommandRun.run(DB, "config", "--env", "staging", "--env", "production");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("FLOW ").contains("STAGING", "PRODUCTION");
        assertThat(CommandRun.run(DB, "config", "--env", "staging", "--env", "staging")
                        .exitCode())
                .isEqualTo(3);
        assertThat(CommandRun.run(DB, "config", "--env", "staging").out()).contains("batch-size");
    }

    @Test
    void onATerminalEveryRowOfATableFits() {
        DB.jdbc()
                .sql("update processing_queue set error_message = repeat('x', 500) where id = 16")
                .update();

        CommandRun run = Place.at(DB).onTerminal(90).run("deadletter");

        List<String> lines = run.out().replaceAll("\u001b\\[\\d+m", "").lines().toList();
        assertThat(lines).hasSize(2).allMatch(it -> it.length() <= 90).anyMatch(it -> it.endsWith("x…"));
    }

    private static String shown(String... arguments) {
        CommandRun run = CommandRun.run(DB, arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run.out()
                .replaceAll("(?!2026-01-02)\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "TIME")
                .replaceAll("\\d[\\d.]* (ms|s|min|h|d)( \\d+ (ms|s|min|h))?\\b", "AGE");
    }
}
