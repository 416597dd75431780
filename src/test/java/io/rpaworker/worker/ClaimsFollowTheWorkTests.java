package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many records a replica with four slots holds, of quick ones and of ones that wait at a gate. */
class ClaimsFollowTheWorkTests {

    private static final String FLOW = "work";
    private static final int SLOTS = 4;

    private final RpaDb db = Postgres.migrated();
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void open() {
        gate.countDown();
    }

    @Test
    void aFlowOfWhichNothingIsKnownHoldsARecordForEachSlot() {
        db.insertPending(FLOW, 100);
        try (var worker = worker(0)) {
            worker.until(() -> processing() == SLOTS);

            assertThat(mostWithin(1)).isEqualTo(SLOTS);
        }
    }

    @Test
    void quickRecordsAreClaimedInFullBatches() {
        noteClaims();
        db.insertPending(FLOW, 3_000);
        try (var worker = worker(Integer.MAX_VALUE)) {
            worker.until(() -> db.count(FLOW, "completed") == 3_000);
        }

        assertThat(noted("min(n) filter (where claim = 1)")).isEqualTo(SLOTS);
        assertThat(noted("max(n)")).isEqualTo(500);
        // 3,000 are six of these, with a few that are smaller at the start.
        assertThat(noted("max(claim)")).isLessThan(16);
    }

    // 1 to 300 are quick, so that as many again are claimed ahead as there are when the first one blocks.
    @Test
    void whatIsClaimedAheadOfRecordsThatBlockIsReleasedAndNotClaimedAgain() {
        db.insertPending(FLOW, 1_000);
        try (var worker = worker(300)) {
            worker.until(() -> db.count(FLOW, "completed") == 300 && processing() == SLOTS);

            assertThat(mostWithin(3)).isEqualTo(SLOTS);
            assertThat(db.count(FLOW, "pending")).isEqualTo(1_000 - 300 - SLOTS);
            assertThat(db.jdbc()
                            .sql("select max(retry_count) from processing_queue")
                            .query(Integer.class)
                            .single())
                    .as("a release is no attempt")
                    .isZero();

            gate.countDown();
            worker.until(() -> db.count(FLOW, "completed") == 1_000);
        }
    }

    @Test
    void afterAPauseItHoldsARecordForEachSlotAgain() {
        noteClaims();
        db.insertPending(FLOW, 300);
        try (var worker = worker(300)) {
            worker.until(() -> db.count(FLOW, "completed") == 300);
            pause(1);
            db.jdbc().sql("truncate noted").update();
            db.jdbc()
                    .sql("insert into processing_queue (flow_name, payload)"
                            + " select 'work', '{\"n\": 999}' from generate_series(1, 1000)")
                    .update();

            worker.until(() -> processing() == SLOTS);
            assertThat(mostWithin(1)).isEqualTo(SLOTS);
            assertThat(noted("max(n)")).as("not even for a while").isEqualTo(SLOTS);
        }
    }

    private TestWorker worker(int quick) {
        return TestWorker.on(db)
                .property("rpa.global.concurrency", String.valueOf(SLOTS))
                .property("rpa.worker.drain-timeout", "100ms")
                .flow(FLOW)
                .bean(Numbers.of(FLOW).before(n -> {
                    if (n > quick) {
                        gate.await();
                    }
                }))
                .start();
    }

    private int processing() {
        return db.count(FLOW, "processing");
    }

    private int mostWithin(int seconds) {
        int most = 0;
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < until) {
            most = Math.max(most, processing());
        }
        return most;
    }

    private void noteClaims() {
        db.jdbc().sql("""
                create table noted (claim serial, n int);
                create function note() returns trigger language plpgsql as $$
                begin
                    insert into noted (n) values (cardinality(new.record_ids));
                    return null;
                end $$;
                create trigger note after insert on processing_claim for each row execute function note();
                """).update();
    }

    private int noted(String figure) {
        return db.jdbc()
                .sql("select " + figure + " from noted")
                .query(Integer.class)
                .single();
    }

    private static void pause(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
