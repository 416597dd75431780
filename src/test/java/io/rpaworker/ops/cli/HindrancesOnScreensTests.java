package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What hinders replicas is on the command line's screens, with its reason. */
class HindrancesOnScreensTests {

    private static final RpaDb DB = Postgres.migrated();

    @BeforeAll
    static void aReplicaThatWaitsAndHasAStuckCallAndOneThatHasDied() {
        DB.insertPending("invoices", 1);
        DB.insertReplica("pod-1");
        DB.insertReplica("pod-2");
        DB.execute("""
                update worker_instance
                set host = id, handlers = '{"invoices": {"handler": "H"}, "letters": {"handler": "L"}}',
                    conditions_at = clock_timestamp(), conditions = '[
                    {"flow": "invoices", "slots": 16, "awaited":
                        [{"source": "surveyHub", "waiting": "PT3M5S", "reason": "Connection refused"}]},
                    {"flow": "letters", "slots": 2, "stuck": 1, "hanging":
                        [{"records": [17], "attempt": 2, "running_for": "PT70S", "stuck": true},
                         {"records": [18], "attempt": 1, "running_for": "PT61S", "stuck": false}]}]'
                """);
        DB.execute("update worker_instance set lease_until = now() - interval '1 s' where id = 'pod-2'");
    }

    @Test
    void statusNamesThemAmongTheProblems() {
        assertThat(CommandRun.run(DB, "status").out())
                .containsPattern(
                        "- Source surveyHub does not answer: flow invoices waits for it on pod-1, for 3 min [0-9]+ s:"
                                + " Connection refused\n")
                .containsPattern("- A call of flow letters on pod-1 ignores its interrupt and keeps its slot:"
                        + " record 17, attempt 2, for 1 min [0-9]+ s\n")
                .containsPattern("- A call of flow letters on pod-1 takes longer than its record-timeout:"
                        + " record 18, attempt 1, for 1 min [0-9]+ s\n")
                .doesNotContain("on pod-2", "on pod-1, pod-2");
    }

    @Test
    void workersNameThemByFlow() {
        assertThat(CommandRun.run(DB, "worker", "list").out())
                .containsPattern("pod-1 +invoices +H +0 +source surveyHub\n")
                .containsPattern("pod-1 +letters +L +0 +1 hanging call, 1 stuck call\n");
    }

    @Test
    void theDiagnosisFindsThem() {
        assertThat(CommandRun.run(DB, "diagnose").out())
                .contains(
                        "source-unavailable", "hanging-call", "stuck-call", "Flows wait for source surveyHub on pod-1");
    }

    @Test
    void aRecordAndItsFlowSayWhoWaits() {
        assertThat(CommandRun.run(DB, "record", "1").out())
                .containsPattern("Replica pod-1 waits for source surveyHub, for 3 min [0-9]+ s: Connection refused\n");
        assertThat(CommandRun.run(DB, "flow", "show", "invoices").out())
                .containsPattern("Replica pod-1 waits for source surveyHub, for 3 min [0-9]+ s\n");
    }

    @Test
    void aPausedFlowSaysSoAndWhatIsBesideItToo() {
        DB.insertPending("invoices/run", 1);
        DB.execute("insert into flow_control (flow_name, paused_by) values ('invoices', 'ann')");
        try {
            for (String flow : List.of("invoices", "invoices/run")) {
                assertThat(CommandRun.run(DB, "flow", "show", flow).out())
                        .containsPattern("It is paused since [^ ]+, until somebody resumes it\n");
            }
            CommandRun refused = CommandRun.run(DB, "flow", "pause", "invoices/run");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err()).contains("is paused with it: pause invoices");
        } finally {
            DB.execute("delete from flow_control; delete from processing_queue where flow_name = 'invoices/run'");
        }
    }

    @Test
    void aDrainNamesWhoIsNotKnownToObey() {
        CommandRun run = CommandRun.run(DB, "flow", "drain", "invoices", "--wait", "0");

        assertThat(run.out()).endsWith("Not known to obey yet: pod-1.\n");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(CommandRun.run(DB, "flow", "resume", "invoices").exitCode()).isZero();
    }
}
