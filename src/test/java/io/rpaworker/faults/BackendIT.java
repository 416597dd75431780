package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pg_terminate_backend} of whatever a worker is connected with. */
class BackendIT {

    private static final String TERMINATE = """
            select coalesce(sum(pg_terminate_backend(pid)::int), 0)
            from (
                select pid from pg_stat_activity
                where datname = current_database() and application_name = 'rpa-worker'
                order by (state <> 'idle' and random() < 0.5) desc, random() limit 1) as one
            """;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);
    private final RandomGenerator dice = Chaos.dice("terminated backends");

    @Test
    void terminatedBackendsCostNoAttempt() {
        // Chunks of one record, so that a failure has nobody to share the blame with.
        var worker = FaultWorkers.in(folder, db).property("rpa.global.chunk-size", "1");
        int terminated = 0;
        try (var one = worker.start()) {
            one.working();
            Chaos storm = Chaos.lasting(25);
            while (storm.goesOn() || terminated < 200) {
                ledger.topUp(300, 20);
                terminated += ledger.count(TERMINATE);
                Chaos.pause(Duration.ofMillis(dice.nextInt(50, 120)));
            }
            one.until("drained", ledger::isDrained);

            Verdict verdict = ledger.verdict();
            FaultLedger.report(
                    "terminated backends",
                    "%d terminated, commits without an answer %d, %s"
                            .formatted(terminated, one.printed("was in doubt"), verdict));
            verdict.assertExactlyOnce();
            assertThat(terminated).isGreaterThanOrEqualTo(200);
            assertThat(verdict.crashes()).isZero();
        }
    }
}
