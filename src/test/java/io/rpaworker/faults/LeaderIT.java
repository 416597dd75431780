package io.rpaworker.faults;

import com.example.nightly.NightlyHandler;
import io.rpaworker.faults.RunLedger.Step;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leader of a run is killed, stands still or is cut off, at each step of the run. */
class LeaderIT {

    private static final int ROUNDS = 3;
    // The first three are those of the short run.
    private static final List<Step> STEPS = List.of(
            Step.PAGE_READ,
            Step.END_READ,
            Step.RECORD_HANDLED,
            Step.FIRST_PAGE_READ,
            Step.PAGE_WRITTEN,
            Step.DISCOVERED,
            Step.CLOSING,
            Step.END_WRITTEN,
            Step.ENDED);
    private static final String OPTIONS =
            "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=2s";
    private static final List<Fault> FAULTS = List.of(Fault.values());

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final RunLedger runs = new RunLedger(db);
    private final RandomGenerator dice = Chaos.dice("leader");
    private final List<Replica> replicas = new ArrayList<>();
    private final Map<String, Long> longest = new TreeMap<>();
    private int started;

    private record Replica(String name, WorkerProcess process, DatabaseProxy proxy) implements AutoCloseable {

        @Override
        public void close() {
            process.resume();
            process.close();
            proxy.close();
        }
    }

    private enum Fault {
        CUT_OFF,
        STOPPED,
        KILLED
    }

    @AfterEach
    void stop() {
        replicas.stream().filter(it -> it.process().isAlive()).forEach(Replica::close);
    }

    @Test
    void isSucceededWhereverAFaultHitsIt() {
        int rounds = Integer.getInteger("rpa.faults.leader-rounds", ROUNDS);
        int least = rounds == ROUNDS ? 2 : 3;
        for (int n = 0; n < rounds; n++) {
            while (replicas.size() < least) {
                start();
            }
            runs.awaitEstablished(least, FaultWorkers.LEASE);
            // Every fault at every step, in as many rounds as there are of both.
            round(STEPS.get(n % STEPS.size()), FAULTS.get((n + n / STEPS.size()) % FAULTS.size()));
        }
        runs.awaitEstablished(replicas.size(), Duration.ZERO);
        runs.report(
                "leader",
                "%d rounds with %d processes, longest by fault and step %s".formatted(rounds, started, longest));
    }

    private void round(Step step, Fault fault) {
        var hit = new ArrayList<Replica>();
        Duration gap = runs.round(step, name -> {
            Replica victim = replicas.stream()
                    .filter(it -> it.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            hit.add(victim);
            hit(victim, fault);
        });
        longest.merge(fault + " " + step.text, gap.toMillis(), Math::max);
        System.out.printf("FAULT leader: %s %s: %d ms%n", fault, step.text, gap.toMillis());
        heal(hit.getFirst(), fault);
    }

    private static void hit(Replica victim, Fault fault) {
        switch (fault) {
            case KILLED -> victim.process().kill();
            case STOPPED -> victim.process().pause();
            case CUT_OFF -> {
                victim.proxy().muteWorker();
                victim.proxy().muteServer();
            }
        }
    }

    private void heal(Replica victim, Fault fault) {
        switch (fault) {
            case KILLED -> {
                victim.proxy().close();
                replicas.remove(victim);
            }
            case STOPPED -> victim.process().resume();
            case CUT_OFF -> victim.proxy().speak();
        }
    }

    private void start() {
        var proxy = new DatabaseProxy(db, dice);
        String name = "replica-" + started++;
        var process = WorkerProcess.in(folder, proxy.url())
                .handler(NightlyHandler.class)
                .lease(FaultWorkers.LEASE)
                .property("spring.datasource.hikari.data-source-properties.ApplicationName", name)
                // As by default, what a silent replica has open ends before its lease does.
                .property("spring.datasource.hikari.data-source-properties.options", OPTIONS)
                .property("spring.datasource.hikari.maximum-pool-size", "6")
                .property("rpa.flows.nightly.enabled", "true")
                .property("rpa.flows.nightly.run.page-size", "5")
                .property("rpa.worker.watermark-sweep", "200ms")
                .property("rpa.maintenance.leader-lease", "3s")
                .property("rpa.maintenance.max-crashes", "100")
                .property("rpa.maintenance.retry-interval", "200ms")
                .start();
        replicas.add(new Replica(name, process, proxy));
    }
}
