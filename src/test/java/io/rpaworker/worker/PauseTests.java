package io.rpaworker.worker;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import org.junit.jupiter.api.Test;

/** The pauses of a poller that found nothing are long, unless it knows of something to do. */
class PauseTests {

    private static final String FLOW = "numbers";

    private final RpaDb db = Postgres.migrated();

    record Numbered(int n) {}

    /** Completes what is above zero. */
    private record Numbers() implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) {
            return Outcome.completed(record.payload().n());
        }
    }

    @Test
    void aFlowBelowItsLimitAgainClaimsAtOnce() {
        db.insertPending(FLOW, 10);

        try (var worker =
                worker("30s").property("rpa.flows.numbers.max-in-flight", "1").start()) {
            worker.until(() -> db.count(FLOW, "completed") == 10);
        }
    }

    private TestWorker.Builder worker(String pollInterval) {
        return TestWorker.on(db)
                .property("rpa.global.poll-interval", pollInterval)
                .property("rpa.worker.wake-up", "false")
                .property("rpa.worker.drain-timeout", "0s")
                .flow(FLOW)
                .bean(new Numbers());
    }
}
