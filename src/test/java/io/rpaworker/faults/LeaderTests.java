package io.rpaworker.faults;

import com.example.nightly.NightlyEnd;
import com.example.nightly.NightlyHandler;
import com.example.nightly.NightlySource;
import io.rpaworker.faults.RunLedger.Step;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The leader of a run loses its lease while it stands still, at each step of the run; with two in this process. */
class LeaderTests {

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final List<Step> STEPS = List.of(Step.values());

    private final RpaDb db = Postgres.migrated();
    private final RunLedger runs = new RunLedger(db);

    @Test
    void isSucceededWhereverItLosesItsLease() {
        int rounds = Integer.getInteger("rpa.faults.lost-leases", 4);
        Map<String, Long> longest = new TreeMap<>();
        try (TestWorker one = start();
                TestWorker other = start()) {
            for (int n = 0; n < rounds; n++) {
                runs.awaitEstablished(2, LEASE);
                // Over all of them, in whatever number of rounds.
                Step step = STEPS.get(n * 2 % STEPS.size());
                Duration gap = runs.round(step, name -> {
                    String leader = runs.leader();
                    runs.declareDead(leader);
                    // What is not in a transaction is taken over while its first owner stands where it does.
                    if (!step.inTransaction) {
                        other.until(() -> !runs.leader().equals(leader) || step == Step.RECORD_HANDLED);
                    }
                });
                longest.merge(step.text, gap.toMillis(), Math::max);
            }
            one.until(() -> db.count("nightly", "processing") == 0);
        }
        runs.report("lost lease", "%d rounds, longest by step %s".formatted(rounds, longest));
    }

    private TestWorker start() {
        return TestWorker.on(db)
                .bean(beans -> new NightlySource(beans.getBeanProvider(JdbcClient.class)))
                .bean(beans -> new NightlyHandler(beans.getBeanProvider(JdbcClient.class)))
                .bean(beans -> new NightlyEnd(beans.getBeanProvider(JdbcClient.class)))
                .flow("nightly")
                .property("rpa.flows.nightly.run.page-size", "5")
                .property("rpa.worker.lease", LEASE.toMillis() + "ms")
                .property("rpa.worker.heartbeat-interval", "300ms")
                .property("rpa.maintenance.leader-lease", "1s")
                .property("rpa.maintenance.max-crashes", "100")
                .property("rpa.maintenance.sweep-interval", "100ms")
                .property("rpa.maintenance.retry-interval", "100ms")
                .start();
    }
}
