package io.rpaworker.worker.claiming;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import org.junit.jupiter.api.Test;

/** Two claims at a time, for as long as batches come full. */
class PollAheadTests {

    private static final String FLOW = "full";

    private final RpaDb db = Postgres.migrated();

    @Test
    void twoClaimsOverlapAndNoneIsMadeWhenBatchesDoNotComeFull() {
        noteClaims();
        try (var worker = worker().bean(Numbers.of(FLOW)).start()) {
            for (int i = 0; i < 10; i++) {
                db.insertPending(FLOW, 9);
                worker.until(() -> db.count(FLOW, "pending") == 0);
            }
            assertThat(overlaps()).isZero();

            db.insertPending(FLOW, 300);
            worker.until(() -> db.count(FLOW, "completed") == 390);

            assertThat(overlaps()).isGreaterThan(5);
            assertThat(most()).as("claims at a time").isEqualTo(2);
        }
    }

    // What is released leaves room, which is for nobody any more.
    @Test
    void nothingIsClaimedOnceItIsToStop() {
        noteClaims();
        db.insertPending(FLOW, 1_000);
        db.jdbc()
                .sql("update processing_queue set payload = '{\"n\": 1}' where id > 100")
                .update();
        try (var worker = worker().property("rpa.worker.drain-timeout", "100ms")
                .bean(Numbers.of(FLOW).before(n -> Thread.sleep(n == 1 ? 600_000 : 0)))
                .start()) {
            // Three batches ahead of the records that block.
            worker.until(() -> db.count(FLOW, "processing") >= 4 + 20);
            worker.until(() -> {
                int before = rows();
                pause();
                return rows() == before;
            });
            db.jdbc().sql("truncate noted").update();
        }

        assertThat(rows()).isZero();
        assertThat(db.count(FLOW, "processing")).isZero();
    }

    // PostgreSQL goes away from both again and again: there would soon be no room left if they kept theirs.
    @Test
    void goesOnAfterClaimsThatFailed() {
        noteClaims();
        try (var worker = worker().bean(Numbers.of(FLOW)).start()) {
            for (int i = 0; i < 4; i++) {
                db.insertPending(FLOW, 200);
                worker.until(() -> overlaps() > 0);
                db.shut();
                db.open();
                worker.until(() -> db.count(FLOW, "pending") + db.count(FLOW, "processing") == 0);
                db.jdbc().sql("truncate noted").update();
            }

            assertThat(db.count(FLOW, "completed")).isEqualTo(800);
        }
    }

    private TestWorker.Builder worker() {
        return TestWorker.on(db)
                .property("rpa.global.concurrency", "4")
                .property("rpa.global.batch-size", "10")
                .flow(FLOW);
    }

    private void noteClaims() {
        db.jdbc().sql("""
                create table noted (began timestamptz, ended timestamptz);
                create function note() returns trigger language plpgsql as $$
                declare
                    began timestamptz := clock_timestamp();
                begin
                    perform pg_sleep(0.02);
                    if exists (select from written) then
                        insert into noted values (began, clock_timestamp());
                    end if;
                    return null;
                end $$;
                create trigger note after insert on processing_claim
                    referencing new table as written for each statement execute function note();
                """).update();
    }

    private int rows() {
        return db.jdbc().sql("select count(*) from noted").query(Integer.class).single();
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int overlaps() {
        return db.jdbc()
                .sql("select count(*) from noted a join noted b on a.ctid <> b.ctid"
                        + " and a.began <= b.began and b.began < a.ended")
                .query(Integer.class)
                .single();
    }

    private int most() {
        return db.jdbc()
                .sql("select max(at_once) from (select count(*) as at_once from noted a join noted b"
                        + " on b.began <= a.began and a.began < b.ended group by a.ctid) counted")
                .query(Integer.class)
                .single();
    }
}
