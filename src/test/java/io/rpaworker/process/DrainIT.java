package io.rpaworker.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.ledger.LedgerHandler;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM loses nothing, repeats nothing that is shorter than the drain time, and is no failure. */
class DrainIT {

    // The default concurrency.
    private static final int SLOTS = 16;
    private static final int QUICK = 200;

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final Ledger ledger = Ledger.in(db);

    @Test
    void finishesWhatRunsAndGivesTheRestBackAtOnce() {
        // After quick ones many are claimed ahead.
        ledger.insert(QUICK, 0);
        ledger.insert(200, 2_000);
        db.jdbc().sql("""
                        create table claimed (at timestamptz);
                        create function note_claim() returns trigger language plpgsql as $$
                        begin
                            insert into claimed values (clock_timestamp());
                            return null;
                        end $$;
                        create trigger note_claim after insert on processing_claim
                            for each row execute function note_claim();
                        """).update();
        try (var worker = start("30s")) {
            // More than run at once: the others wait for a slot.
            worker.until("records wait", () -> ledger.begun() >= SLOTS && db.count(Ledger.FLOW, "processing") > SLOTS);
            List<Long> claimed = db.jdbc()
                    .sql("select id from processing_queue where status = 'processing'")
                    .query(Long.class)
                    .list();
            OffsetDateTime signalled = now();

            worker.terminate();

            assertThat(worker.exitCode()).as(worker.console()).isZero();
            assertReleased(claimed, signalled);
        }
        assertThat(ledger.entries())
                .isEqualTo(ledger.records())
                .isEqualTo(db.count(Ledger.FLOW, "completed"))
                .isEqualTo(QUICK + ledger.begun())
                .isGreaterThanOrEqualTo(QUICK + SLOTS);
        assertNothingIsLeft();
    }

    private record Fate(int completed, int releasedSoon, int claimedSince) {}

    private void assertReleased(List<Long> claimed, OffsetDateTime signalled) {
        Fate fate = db.jdbc()
                .sql("""
                        select count(*) filter (where id = any (:claimed) and status = 'completed') as completed,
                               count(*) filter (where id = any (:claimed) and status = 'pending'
                                   and claimed_at is null and claim_id is null
                                   and retry_count = 0 and crash_count = 0
                                   and updated_at < :signalled + interval '2 seconds') as released_soon,
                               -- The signal takes a moment to arrive.
                               (select count(*) from claimed
                                where at > :signalled + interval '500 milliseconds') as claimed_since
                        from processing_queue
                        """)
                .param("signalled", signalled)
                .param("claimed", claimed.toArray(Long[]::new))
                .query(Fate.class)
                .single();
        assertThat(fate.releasedSoon()).isPositive();
        assertThat(fate.completed() + fate.releasedSoon()).isEqualTo(claimed.size());
        assertThat(fate.claimedSince()).isZero();
    }

    @Test
    void interruptsWhatOutlastsTheDrainAndGivesItBack() {
        ledger.insert(40, 600_000);
        try (var worker = start("1s")) {
            worker.until("all slots are taken", () -> ledger.begun() == SLOTS);

            worker.terminate();

            assertThat(worker.exitCode()).as(worker.console()).isZero();
        }
        assertThat(db.count(Ledger.FLOW, "pending")).isEqualTo(40);
        assertThat(ledger.count("select sum(retry_count + crash_count) from processing_queue"))
                .isZero();
        assertThat(ledger.entries()).isZero();
        assertNothingIsLeft();
    }

    // Spring would cut the drain off after 30 s; here it would after one.
    @Test
    void drainsForLongerThanSpringWaitsByItself() {
        ledger.insert(1, 4_000);
        try (var worker = worker("20s")
                .property("spring.lifecycle.timeout-per-shutdown-phase", "1s")
                .start()) {
            worker.until("begun", () -> ledger.begun() == 1);

            worker.terminate();

            assertThat(worker.exitCode()).as(worker.console()).isZero();
        }
        assertThat(db.count(Ledger.FLOW, "completed")).isEqualTo(1);
        assertThat(ledger.entries()).isEqualTo(1);
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        assertThat(db.count(Ledger.FLOW, "processing")).isZero();
        assertThat(ledger.count("select count(*) from processing_claim")).isZero();
        assertThat(ledger.count("select count(*) from worker_instance where ended_at is not null and not crashed"))
                .isEqualTo(1);
    }

    private WorkerProcess start(String drainTimeout) {
        return worker(drainTimeout).start();
    }

    private WorkerProcess.Builder worker(String drainTimeout) {
        return WorkerProcess.in(folder, db.url())
                .handler(LedgerHandler.class)
                .property("rpa.flows.ledger.enabled", "true")
                .property(
                        "rpa.flows.ledger.record-timeout",
                        Duration.ofMinutes(30).toString())
                .property("rpa.worker.drain-timeout", drainTimeout);
    }

    private OffsetDateTime now() {
        return db.jdbc()
                .sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single();
    }
}
