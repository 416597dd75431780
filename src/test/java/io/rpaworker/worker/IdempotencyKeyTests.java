package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Network;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What other systems are given, so that they can tell a second attempt from another record. */
class IdempotencyKeyTests {

    private static final String FLOW = "keyed";

    private final RpaDb db = Postgres.migrated();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    record Anything() {}

    /** What the handler saw. */
    private record Call(String key, int attempt) {}

    /** Notes each call; the first one of them may have to wait. */
    private record Noting(List<Call> calls, CountDownLatch gate, int failures)
            implements RecordHandler<Anything, String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<String> handle(WorkRecord<Anything> record) throws InterruptedException {
            calls.add(new Call(record.idempotencyKey(), record.attempt()));
            if (calls.size() == 1) {
                gate.await();
            }
            if (record.attempt() <= failures) {
                throw new IllegalStateException("not yet");
            }
            return Outcome.completed("done");
        }
    }

    @Test
    void isTheSameOnEveryAttempt() {
        gate.countDown();
        db.insert(FLOW, "pending", 1);
        try (var worker = worker(db.url(), 2)) {
            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
        assertThat(calls).containsExactly(new Call("keyed/1", 1), new Call("keyed/1", 2), new Call("keyed/1", 3));
    }

    // To the other one it looks like a crash; it costs no attempt.
    @Test
    void isTheSameAfterAReplicaWasLost() {
        db.insert(FLOW, "pending", 1);
        try (var network = new Network(db);
                var lost = worker(network.url(), 0)) {
            lost.until(() -> calls.size() == 1);
            try (var other = worker(db.url(), 0)) {
                network.whileSilent(() -> other.until(() -> db.count(FLOW, "completed") == 1));
            } finally {
                gate.countDown();
            }
        }
        assertThat(calls).containsExactly(new Call("keyed/1", 1), new Call("keyed/1", 1));
    }

    @Test
    void differsFromEveryOtherRecords() {
        gate.countDown();
        db.insert(FLOW, "pending", 20);
        try (var worker = worker(db.url(), 0)) {
            worker.until(() -> db.count(FLOW, "completed") == 20);
        }
        assertThat(calls).extracting(Call::key).doesNotHaveDuplicates().hasSize(20);
    }

    private TestWorker worker(String url, int failures) {
        return TestWorker.on(db)
                .property("spring.datasource.url", url)
                .property("spring.datasource.hikari.maximum-pool-size", "4")
                .property("rpa.worker.lease", "1s")
                .property("rpa.worker.heartbeat-interval", "100ms")
                .property("rpa.global.retry.initial-delay", "1ms")
                .property("rpa.maintenance.retry-interval", "100ms")
                .flow(FLOW)
                .bean(new Noting(calls, gate, failures))
                .start();
    }
}
