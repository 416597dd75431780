package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** SIGKILL, of one worker after the other and of all at once. */
class KillIT {

    private static final int WORKERS = 3;
    private static final int LEAST = 6;
    // Lease, sweep, and what a busy machine adds.
    private static final Duration RECOVERY = FaultWorkers.LEASE.plusSeconds(3);

    // Completing transactions that wait for the lock below.
    private static final String OPEN = """
            select count(*) from pg_stat_activity
            where application_name = 'rpa-worker' and wait_event_type = 'Lock' and query like '%fx_second%'
              and datname = current_database()
            """;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);
    private final RandomGenerator dice = Chaos.dice("kill");
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final List<Death> deaths = new ArrayList<>();

    private record Death(List<String> identities, long workingSinceNanos, long nanos) {}

    @BeforeEach
    void kills() {
        db.jdbc()
                .sql("create table fx_kill (n int, instance text, at timestamptz default clock_timestamp())")
                .update();
    }

    @AfterEach
    void stop() {
        workers.forEach(WorkerProcess::close);
    }

    // In the long part: how many kills meet records under way depends on the machine. ReplicasIT kills one in any case.
    @Test
    @Tag("faults")
    void killedWorkersLoseNothingAndRepeatNoEffect() {
        // One record may be under way in any number of these crashes, through no fault of its own.
        var worker = FaultWorkers.in(folder, db).property("rpa.maintenance.max-crashes", "100");
        for (int i = 0; i < WORKERS; i++) {
            workers.add(worker.start());
        }
        workers.forEach(WorkerProcess::working);

        for (Chaos storm = Chaos.lasting(30); storm.goesOn() || deaths.size() < LEAST; ) {
            ledger.topUp(2_000, 60);
            Chaos.pause(Duration.ofMillis(dice.nextInt(500, 1_500)));
            List<WorkerProcess> working =
                    workers.stream().filter(WorkerProcess::isWorking).toList();
            // Somebody has to notice.
            if (working.size() > 1) {
                kill(working.get(dice.nextInt(working.size())));
                workers.add(worker.start());
            }
        }
        List.copyOf(workers).forEach(this::kill);
        for (int i = 0; i < WORKERS; i++) {
            workers.add(worker.start());
        }
        workers.getFirst().working().until("drained", ledger::isDrained);

        Verdict verdict = ledger.verdict();
        FaultLedger.report(
                "kill",
                ("%d kills, %d with records under way, recovered %d records, longest time to pending again %d ms"
                                + " where a healthy replica was there (%d kills) and %d ms where not, %s")
                        .formatted(
                                deaths.size(),
                                deathsWithRecords(),
                                verdict.released(),
                                slowestRecovery(true),
                                deaths.stream().filter(this::wasWitnessed).count(),
                                slowestRecovery(false),
                                verdict));
        verdict.assertExactlyOnce();
        assertThat(deaths).hasSizeGreaterThan(LEAST);
        assertThat(deathsWithRecords()).isGreaterThan(3);
        assertThat(verdict.crashes()).isPositive();
        assertThat(slowestRecovery(true)).isLessThan(RECOVERY.toMillis());
    }

    // The write of the second ledger waits for a lock, so that the completion and the first entry are there and not
    // committed when the process dies.
    @Test
    @Tag("faults")
    void killsInsideACompletingTransactionLeaveNothingBehind() throws SQLException {
        var worker = FaultWorkers.in(folder, db).property("rpa.maintenance.max-crashes", "100");
        int open = 0;
        int inside = 0;
        for (Chaos storm = Chaos.lasting(20); storm.goesOn() || inside < LEAST; inside++) {
            workers.add(worker.start());
            workers.add(worker.start());
            workers.forEach(WorkerProcess::working);
            ledger.topUp(1_000, 20);
            try (Connection lock = db.dataSource().getConnection()) {
                lock.setAutoCommit(false);
                JdbcClient.create(new SingleConnectionDataSource(lock, true))
                        .sql("lock table fx_second in share mode")
                        .update();
                workers.getFirst().until("open transactions", () -> ledger.count(OPEN) >= 2);
                open += ledger.count(OPEN);
                // All of them, so that every open transaction that was counted is hit.
                List.copyOf(workers).forEach(this::kill);
            }
        }
        workers.add(worker.start());
        workers.getFirst().working().until("drained", ledger::isDrained);

        Verdict verdict = ledger.verdict();
        FaultLedger.report(
                "kill inside a transaction",
                "%d times, %d processes, %d completing transactions hit, %s"
                        .formatted(inside, deaths.size(), open, verdict));
        verdict.assertExactlyOnce();
        assertThat(open).isGreaterThanOrEqualTo(2 * LEAST);
    }

    // Nobody is there to notice: whoever comes next has to start, and to be healthy for a lease.
    @Test
    @Tag("faults")
    void aLonelyReplicasRecordsRunAgainOnceItsSuccessorHasLivedForALease() {
        var worker = FaultWorkers.in(folder, db);
        long slowestStart = 0;
        long slowest = 0;
        for (int round = 0; round < LEAST; round++) {
            ledger.topUp(1_000, 60);
            try (var victim = worker.start()) {
                victim.working();
                victim.until("records under way", () -> ledger.processing() > 5);
                victim.kill();
            }
            long killed = System.nanoTime();
            String dead = db.jdbc()
                    .sql("select id from worker_instance where ended_at is null")
                    .query(String.class)
                    .single();
            try (var successor = worker.start()) {
                successor.working();
                slowestStart = Math.max(slowestStart, System.nanoTime() - killed);
                long working = successor.workingSinceNanos();
                successor.until("recovered", () -> heldBy(dead) == 0);
                slowest = Math.max(slowest, System.nanoTime() - working);
                successor.until("drained", ledger::isDrained);
                successor.terminate();
                assertThat(successor.exitCode()).isZero();
            }
        }
        FaultLedger.report(
                "kill of the only replica",
                "%d times, its successor worked after at most %d ms and had recovered all %d ms later, %s"
                        .formatted(LEAST, slowestStart / 1_000_000, slowest / 1_000_000, ledger.verdict()));
        ledger.verdict().assertExactlyOnce();
        assertThat(Duration.ofNanos(slowest)).isLessThan(RECOVERY);
    }

    private int heldBy(String instance) {
        return db.jdbc()
                .sql(
                        "select count(*) from processing_queue where status = 'processing' and flow_instance_id = :instance")
                .param("instance", instance)
                .query(Integer.class)
                .single();
    }

    private void kill(WorkerProcess victim) {
        List<String> identities = victim.identities();
        victim.kill();
        int n = deaths.size();
        identities.forEach(it -> db.jdbc()
                .sql("insert into fx_kill (n, instance) values (:n, :instance)")
                .param("n", n)
                .param("instance", it)
                .update());
        deaths.add(new Death(identities, victim.workingSinceNanos(), System.nanoTime()));
        workers.remove(victim);
    }

    private int deathsWithRecords() {
        return ledger.count("select count(distinct k.n) from fx_kill k"
                + " join fx_audit a on a.old_instance = k.instance and a.new_status = 'pending' and a.at > k.at");
    }

    private long slowestRecovery(boolean witnessed) {
        long slowest = 0;
        for (int n = 0; n < deaths.size(); n++) {
            if (wasWitnessed(deaths.get(n)) == witnessed) {
                slowest = Math.max(
                        slowest,
                        db.jdbc()
                                .sql("select coalesce(max(extract(epoch from a.at - k.at) * 1000), 0)::bigint"
                                        + " from fx_kill k join fx_audit a on a.old_instance = k.instance"
                                        + " and a.new_status = 'pending' and a.at > k.at where k.n = :n")
                                .param("n", n)
                                .query(Long.class)
                                .single());
            }
        }
        return slowest;
    }

    // Whether a replica was there that had been healthy for a lease when the dead one's ran out, and lived on.
    private boolean wasWitnessed(Death death) {
        long since = death.nanos();
        long until = death.nanos() + RECOVERY.toNanos();
        return deaths.stream()
                .anyMatch(it -> !it.equals(death)
                        && !it.identities().isEmpty()
                        && it.workingSinceNanos() < since - FaultWorkers.LEASE.toNanos()
                        && it.nanos() > until);
    }
}
