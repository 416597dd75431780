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
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that stand still, or hear nothing, for longer than their lease and then go on as if nothing had been. */
class PauseIT {

    private static final int ROUNDS = 5;
    private static final int MOST_ROUNDS = 20;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);
    private final RandomGenerator dice = Chaos.dice("pause");
    private final List<DatabaseProxy> proxies = new ArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(WorkerProcess::resume);
        workers.forEach(WorkerProcess::close);
        proxies.forEach(DatabaseProxy::close);
    }

    @Test
    void aZombieChangesNothing() {
        startTwo();
        int rounds = 0;
        // A pause that finds no completion on its way proves nothing of the fence.
        for (Chaos storm = Chaos.lasting(30);
                storm.goesOn() || rounds < ROUNDS || (rejected() == 0 && rounds < MOST_ROUNDS);
                rounds++) {
            WorkerProcess zombie = workers.get(rounds % 2);
            DatabaseProxy proxy = proxies.get(rounds % 2);
            ledger.topUp(2_000, 20);
            awaitRecordsOf(zombie);
            // What is on its way to the server arrives there only when the process goes on, every other time.
            if (rounds % 4 > 1) {
                proxy.muteWorker();
                // Until something is on its way.
                Chaos.pause(Duration.ofMillis(200));
            }
            int before = zombie.identities().size();
            zombie.pause();
            Chaos.pause(FaultWorkers.LEASE.multipliedBy(2));
            proxy.speak();
            zombie.resume();
            zombie.until("a new identity", () -> zombie.identities().size() > before);
        }
        finish("pause", rounds, ROUNDS);
    }

    @Test
    @Tag("faults")
    void silenceOfOneWorkersLinkHarmsNobody() {
        startTwo();
        int rounds = 0;
        for (Chaos storm = Chaos.lasting(30); storm.goesOn() || rounds < 4; rounds++) {
            WorkerProcess cut = workers.get(rounds % 2);
            DatabaseProxy proxy = proxies.get(rounds % 2);
            ledger.topUp(2_000, 20);
            awaitRecordsOf(cut);
            int before = cut.identities().size();
            int completed = ledger.completed();
            switch (rounds % 3) {
                case 0 -> proxy.muteWorker();
                case 1 -> proxy.muteServer();
                default -> {
                    proxy.muteWorker();
                    proxy.muteServer();
                }
            }
            Chaos.pause(FaultWorkers.LEASE.multipliedBy(2));
            assertThat(ledger.completed()).as("others go on").isGreaterThan(completed);
            proxy.speak();
            cut.until("a new identity", () -> cut.identities().size() > before);
        }
        finish("silence", rounds, 4);
    }

    private void startTwo() {
        for (int i = 0; i < 2; i++) {
            var proxy = new DatabaseProxy(db, dice);
            proxies.add(proxy);
            workers.add(FaultWorkers.in(folder, proxy).start());
        }
        workers.forEach(WorkerProcess::working);
    }

    private void awaitRecordsOf(WorkerProcess worker) {
        worker.until(
                "records under way",
                () -> db.jdbc()
                                .sql("select count(*) from processing_queue"
                                        + " where status = 'processing' and flow_instance_id = :instance")
                                .param("instance", worker.identities().getLast())
                                .query(Integer.class)
                                .single()
                        > 5);
    }

    private double rejected() {
        return workers.stream()
                .mapToDouble(it -> it.meter("rpa_fence_rejected_total"))
                .sum();
    }

    private void finish(String name, int rounds, int least) {
        workers.getFirst().until("drained", ledger::isDrained);
        Verdict verdict = ledger.verdict();
        double rejected = rejected();
        int ended = workers.stream()
                .mapToInt(it -> it.printed("has ended; dropping"))
                .sum();
        FaultLedger.report(
                name,
                "%d times longer than the lease, %d leases ended, %.0f records rejected by the fence, %s"
                        .formatted(rounds, ended, rejected, verdict));
        verdict.assertExactlyOnce();
        assertThat(ended).isGreaterThanOrEqualTo(least);
        assertThat(verdict.released()).isPositive();
        assertThat(rejected).isPositive();
    }
}
