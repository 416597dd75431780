package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An asynchronous standby takes over that has the claims, and not what was completed since. */
class FailoverIT {

    private static final int RECORDS = 48;
    private static final String LIVING =
            "select count(*) from worker_instance where ended_at is null and lease_until > clock_timestamp()";

    @TempDir
    Path folder;

    private ReplicatedPostgres servers;
    private FaultLedger before;
    private FaultLedger after;

    @BeforeEach
    void start() {
        servers = new ReplicatedPostgres(folder);
        before = FaultLedger.in(servers.primary());
        after = new FaultLedger(servers.standby());
    }

    @AfterEach
    void stop() {
        servers.close();
    }

    // The lease has run out on the survivor by then: the process takes a new identity, and recovery finds its claims.
    @Test
    void whatALostLeaseHadCompletedIsDoneAgain() {
        loseCompletions("3s", "500ms", true);
    }

    // The lease goes on: only the replica itself can tell that the survivor holds for it what it is done with.
    @Test
    @Tag("faults")
    void whatALivingLeaseHadCompletedIsDoneAgain() {
        loseCompletions("120s", "1s", false);
    }

    private void loseCompletions(String lease, String heartbeat, boolean runsOut) {
        try (var worker = FaultWorkers.in(folder, servers.both())
                .property("rpa.worker.lease", lease)
                .property("rpa.worker.heartbeat-interval", heartbeat)
                .property("rpa.global.concurrency", Integer.toString(RECORDS))
                .start()) {
            worker.working();
            add();
            worker.until("all claimed", () -> before.processing() == RECORDS);
            // What PostgreSQL says it has written is not enough: a claim's commit waits for no disk.
            int claims = claims(before);
            worker.until("all replicated", () -> after.processing() == RECORDS && claims(after) == claims);
            servers.cutOff();
            go();
            worker.until("all completed", () -> before.completed() == RECORDS);
            int heldBefore = claims(before);
            if (runsOut) {
                worker.until("the survivor's lease has run out", () -> after.count(LIVING) == 0);
            }
            // By now: once it has taken over, the worker is at it.
            int lost = after.processing();
            int effects = after.count("select count(*) from fx_ledger") + after.count("select count(*) from fx_second");
            servers.failOver();
            worker.until("drained", after::isDrained);

            Verdict verdict = after.verdict();
            FaultLedger.report(
                    "failover with loss, lease " + lease,
                    "%d completions and their effects lost, %d claims known to the old primary at the end, %s"
                            .formatted(lost, heldBefore, verdict));
            verdict.assertExactlyOnce();
            assertThat(lost).isEqualTo(RECORDS);
            assertThat(effects).isZero();
            worker.until("no claim left", () -> claims(after) == 0);
        }
    }

    // They end once the test lets them; some claims in one chunk, others in several.
    private void add() {
        servers.primary()
                .jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select 'ledger', jsonb_build_object("
                        + "'n', n, 'millis', (n / 20) * n % 7 * 100, 'deed', 'wait')"
                        + " from generate_series(1, :records) n")
                .param("records", RECORDS)
                .update();
    }

    private void go() {
        try {
            Files.createFile(folder.resolve("go"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int claims(FaultLedger ledger) {
        return ledger.count("select count(*) from processing_claim");
    }
}
