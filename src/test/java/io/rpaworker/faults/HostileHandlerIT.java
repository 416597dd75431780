package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handlers that never return, and handlers that take the whole process with them. */
class HostileHandlerIT {

    private static final int SLOTS = 8;
    private static final int RECORD_TIMEOUT_SECONDS = 2;
    private static final int MAX_CRASHES = 3;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);

    @Test
    void aHandlerThatNeverReturnsHoldsItsSlotAndNothingElse() {
        var builder = FaultWorkers.in(folder, db)
                .property("rpa.flows.ledger.record-timeout", RECORD_TIMEOUT_SECONDS + "s")
                .property("rpa.flows.ledger.max-retries", "1")
                .property("rpa.flows.ledger.restart-when-stuck", "true")
                .property("rpa.flows.bystander.enabled", "true");
        try (var worker = builder.start()) {
            worker.working();
            ledger.add(FaultLedger.FLOW, 1, 1, "hang").add(200, 10).add("bystander", 100, 5, null);

            worker.until(
                    "the record dealt with, the others completed",
                    () -> ledger.completed() == 200
                            && db.count("bystander", "completed") == 100
                            && db.count(FaultLedger.FLOW, "failed") == 1);
            worker.until(
                    "one slot reported",
                    () -> worker.get("/actuator/health/worker").contains("\"slots_stuck\":1"));
            assertThat(worker.get("/actuator/health/worker")).contains("DEGRADED");
            assertThat(worker.get("/actuator/health/liveness")).contains("UP");

            ledger.add(FaultLedger.FLOW, SLOTS - 1, 1, "hang");
            worker.until(
                    "liveness is down",
                    () -> worker.get("/actuator/health/liveness").contains("DOWN"));
            worker.until(
                    "all of them dealt with",
                    () -> ledger.count("select count(*) from processing_queue where failure_kind = 'timeout'")
                            == SLOTS);
            ledger.add("bystander", 50, 5, null);
            worker.until("the bystander goes on", () -> db.count("bystander", "completed") == 150);

            int slowest = ledger.count("""
                    select max(extract(epoch from failed.at - claimed.at) * 1000)::int
                    from fx_audit claimed join fx_audit failed using (record_id)
                    where claimed.new_status = 'processing' and failed.new_status = 'failed'
                    """);
            Verdict verdict = ledger.verdict();
            FaultLedger.report(
                    "hung handlers",
                    "%d of %d slots stuck, dealt with after at most %d ms, record-timeout %d s, %s"
                            .formatted(SLOTS, SLOTS, slowest, RECORD_TIMEOUT_SECONDS, verdict));
            assertThat(slowest).isLessThan(1_000 * (RECORD_TIMEOUT_SECONDS + 5));
            assertThat(verdict.completed()).isEqualTo(200);
            assertThat(verdict.duplicated() + verdict.lost() + verdict.unexpected() + verdict.unfinished())
                    .isZero();
        }
    }

    @Test
    void recordsThatKillTheirProcessBecomeDeadLettersAndNoOthers() {
        ledger.add(30, 20)
                .add(FaultLedger.FLOW, 1, 1, "halt")
                .add(30, 20)
                .add(FaultLedger.FLOW, 1, 1, "exhaust")
                .add(30, 20)
                .add(FaultLedger.FLOW, 1, 1, "exit-writing")
                .add(30, 20);
        var builder =
                FaultWorkers.in(folder, db).property("rpa.maintenance.max-crashes", Integer.toString(MAX_CRASHES));
        List<Integer> exits = runUntilDrained(builder, 3 * MAX_CRASHES + 2);

        Verdict verdict = ledger.verdict();
        FaultLedger.report("deadly records", "exit codes %s, %s".formatted(exits, verdict));
        assertThat(Set.copyOf(exits)).containsExactlyInAnyOrder(137, 3, 8);
        assertThat(verdict.completed()).isEqualTo(120);
        assertThat(verdict.dead()).isEqualTo(3);
        assertThat(verdict.burned()).isZero();
        assertThat(verdict.duplicated() + verdict.lost() + verdict.unexpected()).isZero();
        assertThat(db.jdbc()
                        .sql("select distinct failure_kind || ' ' || (payload ->> 'deed') from processing_queue"
                                + " where status = 'failed'")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder("poison halt", "poison exhaust", "poison exit-writing");
        // Being there when two processes died makes a suspect; running alone proves it innocent.
        assertThat(ledger.count("select max(crash_count) from processing_queue where status = 'completed'"))
                .isLessThan(MAX_CRASHES);
    }

    // Nothing of it reaches a handler.
    @Test
    void aPayloadThatIsTooMuchForItsProcessBecomesADeadLetterAndNoOthers() {
        ledger.add(30, 20).add(1, 1).add(30, 20);
        db.jdbc()
                .sql(
                        "update processing_queue set payload = payload || jsonb_build_object('pad', repeat('x', 140000000))"
                                + " where id = 31")
                .update();
        var builder = FaultWorkers.in(folder, db)
                .property("rpa.maintenance.max-crashes", Integer.toString(MAX_CRASHES))
                .property("rpa.worker.max-payload-bytes", "512MB");
        List<Integer> exits = runUntilDrained(builder, MAX_CRASHES);

        Verdict verdict = ledger.verdict();
        FaultLedger.report("a payload as large as the heap", "exit codes %s, %s".formatted(exits, verdict));
        assertThat(exits).hasSize(MAX_CRASHES).containsOnly(3);
        assertThat(verdict.completed()).isEqualTo(60);
        assertThat(verdict.burned()).isZero();
        assertThat(verdict.duplicated() + verdict.lost() + verdict.unexpected()).isZero();
        assertThat(db.column(31, "failure_kind", String.class)).isEqualTo("poison");
    }

    // The process that stops waits for its calls, and this one waits for the process.
    @Test
    void aRecordWhoseHandlerCallsExitUsesItsAttemptsAndIsNotWaitedFor() {
        ledger.add(30, 20).add(FaultLedger.FLOW, 1, 1, "exit").add(30, 20);
        var builder = FaultWorkers.in(folder, db)
                .property("rpa.flows.ledger.max-retries", "2")
                .property("rpa.global.retry.initial-delay", "100ms")
                .property("rpa.worker.drain-timeout", "1h");
        List<Integer> exits = runUntilDrained(builder, 2);

        Verdict verdict = ledger.verdict();
        FaultLedger.report("records that call exit", "exit codes %s, %s".formatted(exits, verdict));
        assertThat(exits).isNotEmpty().containsOnly(7);
        assertThat(verdict.completed()).isEqualTo(60);
        assertThat(verdict.crashes()).isZero();
        assertThat(verdict.duplicated() + verdict.lost() + verdict.unexpected()).isZero();
        assertThat(db.jdbc()
                        .sql("select retry_count || ' ' || error_message from processing_queue where status = 'failed'")
                        .query(String.class)
                        .list())
                .containsExactly("2 The handler called System.exit");
    }

    /** Starts one worker after the other; answers with the exit codes of those that died before all was done. */
    private List<Integer> runUntilDrained(WorkerProcess.Builder builder, int mostDeaths) {
        var exits = new ArrayList<Integer>();
        while (!ledger.isDrained()) {
            try (var worker = builder.start()) {
                Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> !worker.isAlive() || ledger.isDrained());
                if (!worker.isAlive()) {
                    exits.add(worker.exitCode());
                }
            }
            assertThat(exits).as("they are found out").hasSizeLessThanOrEqualTo(mostDeaths);
        }
        return exits;
    }
}
