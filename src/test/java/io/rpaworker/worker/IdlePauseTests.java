package io.rpaworker.worker;

import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import org.junit.jupiter.api.Test;

/** The pauses of a poller that found nothing are long, unless it knows of something to do. */
class IdlePauseTests {

    private static final String FLOW = "numbers";

    // The completion, the failure with its reason, and the failure without.
    private static final int REFUSALS_OF_ONE_ATTEMPT = 3;

    private final RpaDb db = Postgres.migrated();

    @Test
    void aFlowBelowItsLimitAgainClaimsAtOnce() {
        db.insertPending(FLOW, 10);

        try (var worker =
                worker("30s").property("rpa.flows.numbers.max-in-flight", "1").start()) {
            worker.until(() -> db.count(FLOW, "completed") == 10);
        }
    }

    @Test
    void aRecordThatCouldNotBeSettledIsSoonReleased() {
        db.insertPending(FLOW, 1);
        refuse("update", "processing_queue", "new.status in ('completed', 'failed')");

        try (var worker = worker("2s").start()) {
            // It is pending for a moment only: the next claim takes it, and its completion is refused anew.
            worker.until(() -> number("select last_value from refusals") >= 2 * REFUSALS_OF_ONE_ATTEMPT);
        }
    }

    // The claim of a record that is not completed is forgotten by a statement of its own.
    @Test
    void aPollThatFailedIsSoonTriedAgain() {
        db.insert(FLOW, "pending", 1);
        refuse("delete", "processing_claim", "true");

        try (var worker = worker("2s").start()) {
            worker.until(() -> db.count(FLOW, "failed") == 1);
            db.insert(FLOW, "pending", 1);
            // To forget the first claim fails after the second one, and again after a poll that finds nothing.
            worker.until(() -> number("select last_value from refusals") >= 2);
            db.jdbc().sql("drop trigger refused on processing_claim").update();

            worker.until(() -> number("select count(*) from processing_claim") == 0);
        }
    }

    private TestWorker.Builder worker(String pollInterval) {
        return TestWorker.on(db)
                .property("rpa.global.poll-interval", pollInterval)
                .property("rpa.worker.wake-up", "false")
                .property("rpa.worker.drain-timeout", "0s")
                .flow(FLOW)
                .bean(Numbers.of(FLOW));
    }

    private void refuse(String operation, String table, String condition) {
        db.jdbc().sql("create sequence refusals").update();
        db.jdbc()
                .sql("create function refuse() returns trigger language plpgsql as"
                        + " $$ begin perform nextval('refusals'); raise exception 'refused'; end $$")
                .update();
        db.jdbc()
                .sql("create trigger refused before %s on %s for each row when (%s) execute function refuse()"
                        .formatted(operation, table, condition))
                .update();
    }

    private int number(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}
