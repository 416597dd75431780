package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL itself crashes, stays away for long, or has no connection to spare. */
class ServerIT {

    private static final int WORKERS = 2;

    @TempDir
    Path folder;

    private final CrashingPostgres postgres = new CrashingPostgres(60);
    private final RpaDb db = postgres.db();
    private final FaultLedger ledger = FaultLedger.in(db);
    private final List<WorkerProcess> workers = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < WORKERS; i++) {
            // HikariCP may wait 10 s before it tries again to connect: a shorter lease would have the replica that is
            // the
            // first to reach the server take the other one for dead.
            workers.add(FaultWorkers.in(folder, db)
                    .property("rpa.worker.lease", "15s")
                    .start());
        }
        workers.forEach(WorkerProcess::working);
    }

    @AfterEach
    void stop() {
        workers.forEach(WorkerProcess::close);
        postgres.close();
    }

    @Test
    void immediateRestartsCostNoAttempt() {
        int restarts = 0;
        long slowest = 0;
        for (Chaos storm = Chaos.lasting(15); storm.goesOn() || restarts < 3; restarts++) {
            ledger.topUp(1_000, 20);
            awaitProgress();
            if (restarts % 3 == 1) {
                postgres.killBackend();
            } else {
                postgres.crash();
                postgres.start();
            }
            long ready = System.nanoTime();
            awaitProgress();
            slowest = Math.max(slowest, System.nanoTime() - ready);
        }
        Verdict verdict = finish();
        FaultLedger.report(
                "immediate restarts",
                "%d restarts, at most %d ms from ready to the next completion, %s"
                        .formatted(restarts, slowest / 1_000_000, verdict));
        assertThat(slowest).isLessThan(Duration.ofSeconds(12).toNanos());
    }

    @Test
    void aLongOutageCostsNoAttempt() {
        ledger.topUp(2_000, 20);
        awaitProgress();
        int seconds = Chaos.seconds(20);
        long early = System.nanoTime();

        postgres.crash();
        Chaos.pause(Duration.ofSeconds(seconds));
        long away = System.nanoTime() - early;
        workers.forEach(it -> assertThat(it.isAlive()).isTrue());
        workers.forEach(it -> assertThat(it.get("/actuator/health/liveness")).contains("UP"));
        postgres.start();
        long ready = System.nanoTime();
        awaitProgress();
        long resumed = System.nanoTime() - ready;

        Verdict verdict = finish();
        FaultLedger.report(
                "long outage",
                "%d s away, %d ms from ready to the next completion, %s"
                        .formatted(away / 1_000_000_000, resumed / 1_000_000, verdict));
        assertThat(resumed).isLessThan(Duration.ofSeconds(12).toNanos());
    }

    @Test
    @Tag("faults")
    void aServerWithoutFreeConnectionsIsWaitedFor() throws SQLException {
        ledger.topUp(2_000, 20);
        awaitProgress();
        List<String> before =
                workers.stream().flatMap(it -> it.identities().stream()).toList();
        int ended = 0;
        List<Integer> heartbeats = heartbeats();
        var hogged = new ArrayList<Connection>();
        try {
            // The pools lose their connections while there are no others to be had.
            for (Chaos storm = Chaos.lasting(8); storm.goesOn(); ) {
                ended += terminateAllBut(heartbeats, hogged);
                hog(hogged);
                Chaos.pause(Duration.ofMillis(100));
            }
        } finally {
            for (Connection each : hogged) {
                each.close();
            }
        }
        long free = System.nanoTime();
        awaitProgress();
        long resumed = System.nanoTime() - free;

        Verdict verdict = finish();
        List<String> after =
                workers.stream().flatMap(it -> it.identities().stream()).toList();
        FaultLedger.report(
                "connections exhausted",
                "%d hogged, %d of the workers' ended, %d ms to the next completion, %d leases lost, %s"
                        .formatted(hogged.size(), ended, resumed / 1_000_000, after.size() - before.size(), verdict));
        assertThat(ended).isPositive();
        assertThat(after).as("the heartbeat keeps its connection").isEqualTo(before);
    }

    // Now and then their last statement is the pool's, which looks whether they are alive.
    private List<Integer> heartbeats() {
        return Awaitility.await()
                .until(() -> db.jdbc().sql("""
                        select pid from pg_stat_activity
                        where application_name = 'rpa-worker'
                          and (query like '%update worker_instance%' or query like '%into worker_instance%')
                        """).query(Integer.class).list(), pids -> pids.size() == WORKERS);
    }

    // Through the one connection that is kept for it.
    private int terminateAllBut(List<Integer> heartbeats, List<Connection> hogged) throws SQLException {
        if (hogged.isEmpty()) {
            hog(hogged);
        }
        try (var statement = hogged.getFirst().prepareStatement("""
                select coalesce(sum(pg_terminate_backend(pid)::int), 0) from pg_stat_activity
                where application_name = 'rpa-worker' and pid <> all (?)
                """)) {
            statement.setArray(1, hogged.getFirst().createArrayOf("int4", heartbeats.toArray()));
            try (var ended = statement.executeQuery()) {
                ended.next();
                return ended.getInt(1);
            }
        }
    }

    private void hog(List<Connection> hogged) {
        try {
            while (true) {
                hogged.add(db.dataSource().getConnection());
            }
        } catch (SQLException full) {
            assertThat(full.getSQLState()).isEqualTo("53300");
        }
    }

    private Verdict finish() {
        workers.getFirst().until("drained", ledger::isDrained);
        Verdict verdict = ledger.verdict().assertExactlyOnce();
        assertThat(verdict.crashes()).as("nobody died").isZero();
        // Blame is taken back from whoever turns out to live; here nobody may have been called dead in the first place.
        assertThat(workers.stream()
                        .mapToInt(it -> it.printed("have not renewed their lease"))
                        .sum())
                .as("recovered too early")
                .isZero();
        return verdict;
    }

    private void awaitProgress() {
        ledger.topUp(500, 20);
        int completed = ledger.completed();
        workers.getFirst().until("progress", () -> ledger.completed() > completed);
    }
}
