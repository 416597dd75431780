package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
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
        var builder = FaultWorker.in(folder, db)
                .property("rpa.flows.ledger.record-timeout", RECORD_TIMEOUT_SECONDS + "s")
                .property("rpa.flows.ledger.max-retries", "1")
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
                .add(30, 20);
        var builder = FaultWorker.in(folder, db).property("rpa.maintenance.max-crashes", Integer.toString(MAX_CRASHES));
        Set<Integer> exits = new HashSet<>();
        int deaths = 0;
        while (!ledger.isDrained()) {
            try (var worker = builder.start()) {
                while (worker.isAlive() && !ledger.isDrained()) {
                    Chaos.pause(Duration.ofMillis(100));
                }
                if (!worker.isAlive()) {
                    exits.add(worker.exitCode());
                    deaths++;
                }
            }
            assertThat(deaths).as("they are found out").isLessThan(2 * MAX_CRASHES + 2);
        }

        Verdict verdict = ledger.verdict();
        FaultLedger.report("deadly records", "%d processes died, exit codes %s, %s".formatted(deaths, exits, verdict));
        assertThat(exits).containsExactlyInAnyOrder(137, 3);
        assertThat(verdict.completed()).isEqualTo(90);
        assertThat(verdict.dead()).isEqualTo(2);
        assertThat(verdict.burned()).isZero();
        assertThat(verdict.duplicated() + verdict.lost() + verdict.unexpected()).isZero();
        assertThat(db.jdbc()
                        .sql("select distinct failure_kind || ' ' || (payload ->> 'deed') from processing_queue"
                                + " where status = 'failed'")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder("poison halt", "poison exhaust");
        // Being there once when the process died makes a suspect; running alone proves it innocent.
        assertThat(ledger.count("select max(crash_count) from processing_queue where status = 'completed'"))
                .isLessThan(MAX_CRASHES);
    }
}
