package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connection ends when COMMIT has been sent: it happened or it did not, and the worker must not guess. */
class CommitIT {

    private static final int LEAST = 20;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);
    private final RandomGenerator dice = Chaos.dice("lost commits");

    @Test
    void lostCommitsAreResolved() {
        try (var proxy = new DatabaseProxy(db, dice);
                var worker = FaultWorkers.in(folder, proxy).start()) {
            worker.working();
            proxy.loseCommits(0.1, 0.1);
            Chaos storm = Chaos.lasting(10);
            worker.until("enough commits lost", () -> {
                ledger.topUp(500, 20);
                return !storm.goesOn() && proxy.lostRequests() >= LEAST && proxy.lostAnswers() >= LEAST;
            });
            proxy.loseCommits(0, 0);
            worker.until("drained", ledger::isDrained);

            Verdict verdict = ledger.verdict();
            FaultLedger.report(
                    "lost commits",
                    "%d COMMITs lost, %d answers to COMMIT lost, %d resolved by asking, %s"
                            .formatted(
                                    proxy.lostRequests(),
                                    proxy.lostAnswers(),
                                    worker.printed("was in doubt"),
                                    verdict));
            verdict.assertExactlyOnce();
            assertThat(verdict.crashes()).isZero();
            assertThat(worker.printed("was in doubt")).isPositive();
        }
    }

    @Test
    @Tag("faults")
    void resetConnectionsAndARefusingNetworkCostNoAttempt() {
        try (var proxy = new DatabaseProxy(db, dice);
                var worker = FaultWorkers.in(folder, proxy).start()) {
            worker.working();
            int resets = 0;
            for (Chaos storm = Chaos.lasting(10); storm.goesOn(); resets++) {
                ledger.topUp(500, 20);
                if (resets % 5 == 4) {
                    proxy.refuse();
                    Chaos.pause(Duration.ofMillis(dice.nextInt(100, 1_000)));
                    proxy.accept();
                } else {
                    proxy.reset();
                }
                Chaos.pause(Duration.ofMillis(dice.nextInt(100, 500)));
            }
            worker.until("drained", ledger::isDrained);

            Verdict verdict = ledger.verdict();
            FaultLedger.report("reset connections", "%d times all of them, %s".formatted(resets, verdict));
            verdict.assertExactlyOnce();
            assertThat(resets).isGreaterThan(10);
            assertThat(verdict.crashes()).isZero();
        }
    }
}
