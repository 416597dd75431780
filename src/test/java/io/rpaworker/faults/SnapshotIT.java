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
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session that holds an old snapshot, so that PostgreSQL cannot remove a single dead row of the queue. */
@Tag("faults")
class SnapshotIT {

    // As in production: how long a record that was committed late may lie before the watermark.
    private static final Duration SWEEP = Duration.ofSeconds(2);
    private static final Pattern BUCKET =
            Pattern.compile("rpa_claim_seconds_bucket\\{.*flow=\"ledger\".*le=\"([^\"]+)\".*} (\\S+)");
    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final int RECORDS_PER_TICK = 50;
    private static final Duration TICK = Duration.ofMillis(50);

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);

    /** How many claims took at most so many seconds, since the worker's start: what Prometheus gets. */
    private record Claims(NavigableMap<Double, Double> atMost) {

        static Claims of(WorkerProcess worker) {
            var atMost = new TreeMap<Double, Double>();
            worker.get("/actuator/prometheus")
                    .lines()
                    .map(BUCKET::matcher)
                    .filter(Matcher::matches)
                    .filter(it -> !it.group(1).equals("+Inf"))
                    .forEach(it -> atMost.put(Double.valueOf(it.group(1)), Double.valueOf(it.group(2))));
            return new Claims(atMost);
        }

        Claims since(Claims earlier) {
            var atMost = new TreeMap<>(this.atMost);
            atMost.replaceAll((seconds, claims) -> claims - earlier.atMost.getOrDefault(seconds, 0.0));
            return new Claims(atMost);
        }

        int count() {
            return atMost.lastEntry().getValue().intValue();
        }

        /** In milliseconds, evenly spread between two bounds as Prometheus does. */
        double quantile(double share) {
            double rank = share * count();
            double below = 0;
            double from = 0;
            for (var bucket : atMost.entrySet()) {
                if (bucket.getValue() >= rank) {
                    double part = (rank - below) / (bucket.getValue() - below);
                    return 1_000 * (from + part * (bucket.getKey() - from));
                }
                below = bucket.getValue();
                from = bucket.getKey();
            }
            throw new IllegalStateException("No claim in " + atMost);
        }

        @Override
        public String toString() {
            return "%d claims, p50 %.1f ms, p99 %.1f ms".formatted(count(), quantile(0.5), quantile(0.99));
        }
    }

    @Test
    void anOldSnapshotDoesNotSlowClaimsDown() throws SQLException {
        int seconds = Chaos.seconds("snapshot", 150);
        // A row for each change of a status would cost more than the claims that are to be measured.
        db.jdbc().sql("drop trigger fx_note on processing_queue").update();
        try (var worker = FaultWorkers.in(folder, db)
                        .property("rpa.worker.watermark-sweep", SWEEP.toSeconds() + "s")
                        .property("rpa.flows.ledger.batch-size", "100")
                        .property("management.metrics.distribution.percentiles-histogram.rpa.claim", "true")
                        .start();
                Connection report = db.dataSource().getConnection()) {
            worker.working();
            produceFor(WINDOW);
            Claims before = whileProducing(worker);

            hold(report);
            produceFor(Duration.ofSeconds(seconds).minus(WINDOW));
            Claims after = whileProducing(worker);
            int dead = deadRows();
            Duration late = lateRecord(worker);

            report.rollback();
            db.jdbc().sql("vacuum processing_queue").update();
            Claims again = whileProducing(worker);

            worker.until("drained", () -> db.count(FaultLedger.FLOW, "completed") == produced());
            Verdict verdict = ledger.verdict();
            FaultLedger.report(
                    "old snapshot",
                    ("held for %d s, %d dead rows; before: %s; at the end: %s; afterwards: %s; a late record claimed"
                                    + " after %d ms; %s")
                            .formatted(seconds, dead, before, after, again, late.toMillis(), verdict));
            verdict.assertExactlyOnce();
            assertThat(dead).isGreaterThan(seconds * 100);
            // A machine that is busy with other things slows everything down: the better of two undisturbed times. The
            // tail is reported only: it is the sweeps for late records, and these do read what is dead.
            assertThat(after.quantile(0.5)).isLessThan(3 * Math.min(before.quantile(0.5), again.quantile(0.5)));
            // And the claim that finds it.
            assertThat(late).isLessThan(SWEEP.plusMillis(500));
        }
    }

    private Claims whileProducing(WorkerProcess worker) {
        var before = Claims.of(worker);
        produceFor(WINDOW);
        return Claims.of(worker).since(before);
    }

    private void produceFor(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() - until < 0) {
            ledger.add(RECORDS_PER_TICK, 2);
            Chaos.pause(TICK);
        }
    }

    // It is older than anything: no claim that starts where the last one ended can see it.
    private Duration lateRecord(WorkerProcess worker) {
        long id = db.jdbc()
                .sql("insert into processing_queue (flow_name, payload, available_at)"
                        + " values ('ledger', '{\"n\": 0, \"millis\": 1}', now() - interval '1 hour') returning id")
                .query(Long.class)
                .single();
        while (db.status(id).equals("pending")) {
            ledger.add(RECORDS_PER_TICK, 2);
            Chaos.pause(TICK);
        }
        worker.until("the late record completed", () -> db.status(id).equals("completed"));
        return Duration.ofMillis(
                db.column(id, "(extract(epoch from claimed_at - created_at) * 1000)::bigint", Long.class));
    }

    private static void hold(Connection report) throws SQLException {
        report.setAutoCommit(false);
        report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (var statement = report.createStatement()) {
            statement.execute("select 1 from processing_queue limit 1");
        }
    }

    private int deadRows() {
        return ledger.count("select n_dead_tup from pg_stat_user_tables where relname = 'processing_queue'");
    }

    private int produced() {
        return ledger.count("select count(*) from processing_queue");
    }
}
