package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Partition;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A suspect that has to run alone, and everything else that is to run as well. */
class SuspectsInCompanyTests {

    private static final String FLOW = "gated";
    private static final String OTHER = "other";

    private final RpaDb db = Postgres.migrated();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch otherGate = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    /** Returns once its gate is open; 0 passes by it, and is not counted. */
    private Numbers gated(String flow, CountDownLatch gate) {
        return Numbers.of(flow).before(n -> {
            if (n > 0) {
                calls.incrementAndGet();
                gate.await();
            }
        });
    }

    /** The same, but it minds no interrupt. */
    private record Deaf(CountDownLatch gate) implements BatchRecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<Integer>> handle(List<WorkRecord<Numbered>> batch) {
            while (gate.getCount() > 0) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    // As a handler does that is stuck in a driver.
                }
            }
            return batch.stream().map(it -> Outcome.completed(it.payload().n())).toList();
        }
    }

    @AfterEach
    void letGo() {
        gate.countDown();
        otherGate.countDown();
    }

    @Test
    void whatOneDeadReplicaHadClaimedRunsTogether() {
        db.insertReplica("gone");
        db.insertPending(FLOW, 4);
        QueueParts.over(db.dataSource())
                .claim(new ClaimRequest(UUID.randomUUID(), "gone", FLOW, 4, 1_000_000, null, Partition.ALL));
        db.expireLease("gone");

        try (var worker = TestWorker.on(db)
                .property("rpa.flows.gated.concurrency", "4")
                .flow(FLOW)
                .bean(gated(FLOW, gate))
                .start()) {
            worker.until(() -> calls.get() == 4);
            assertThat(number("select min(crash_count) from processing_queue")).isEqualTo(1);

            gate.countDown();
            worker.until(() -> db.count(FLOW, "completed") == 4);
        }
    }

    @Test
    void aSuspectBehindABacklogRunsInTheOnlySlot() {
        db.insertPending(FLOW, 20);
        try (var worker = TestWorker.on(db)
                .property("rpa.flows.gated.concurrency", "1")
                .flow(FLOW)
                .bean(gated(FLOW, gate))
                .start()) {
            worker.until(() -> calls.get() == 1);
            insertSuspect();

            gate.countDown();

            within(Duration.ofSeconds(10), () -> db.count(FLOW, "completed") == 21);
        }
    }

    @Test
    void aFlowThatIsStuckWithItsSuspectsLeavesTheOthersAlone() {
        db.insertPending(FLOW, 2);
        otherGate.countDown();
        try (var worker = TestWorker.on(db)
                .property("rpa.flows.gated.concurrency", "1")
                .property("rpa.flows.gated.record-timeout", "100ms")
                .property("rpa.worker.drain-timeout", "0s")
                .flow(FLOW)
                .flow(OTHER)
                .bean(new Deaf(gate))
                .bean(gated(OTHER, otherGate))
                .start()) {
            worker.until(() -> number("select count(*) from processing_queue where crash_count > 0") == 2);

            // For longer than it takes until suspects are asked for again.
            long began = System.nanoTime();
            while (System.nanoTime() - began < Duration.ofSeconds(4).toNanos()) {
                db.insertPending(OTHER, 1);
                within(Duration.ofSeconds(3), () -> db.count(OTHER, "pending") + db.count(OTHER, "processing") == 0);
            }
            assertThat(db.count(FLOW, "pending")).as("left to other replicas").isEqualTo(2);
        }
    }

    @Test
    void whatWaitsForASuspectIsReleasedAtOnceWhenTheWorkerStops() {
        var worker = patientWithBothFlows().start();
        insertBacklog(OTHER, 6);
        worker.until(() -> calls.get() == 1 && db.count(OTHER, "processing") == 6);
        insertSuspect();
        worker.until(() -> db.count(FLOW, "processing") == 1);
        otherGate.countDown();
        worker.until(() -> calls.get() == 2 && db.count(OTHER, "processing") == 5);

        var stopped = CompletableFuture.runAsync(worker::close);

        within(Duration.ofSeconds(2), () -> db.count(OTHER, "pending") == 5);
        assertThat(stopped).isNotDone();
        gate.countDown();
        assertThat(stopped).succeedsWithin(Duration.ofSeconds(30));
        assertThat(db.count(FLOW, "completed")).isEqualTo(1);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aSuspectThatWaitsForItsTurnIsReleasedAtOnceWhenTheWorkerStops() {
        var worker = patientWithBothFlows().start();
        db.insertPending(OTHER, 1);
        worker.until(() -> calls.get() == 1);
        insertSuspect();
        worker.until(() -> db.count(FLOW, "processing") == 1);

        var stopped = CompletableFuture.runAsync(worker::close);

        within(Duration.ofSeconds(2), () -> db.count(FLOW, "pending") == 1);
        otherGate.countDown();
        assertThat(stopped).succeedsWithin(Duration.ofSeconds(30));
        assertThat(calls).hasValue(1);
    }

    @Test
    void aSuspectDoesNotStartOnceTheWorkerStops() {
        var worker = patientWithBothFlows().start();
        insertBacklog(OTHER, 2);
        worker.until(() -> calls.get() == 1 && db.count(OTHER, "processing") == 2);
        insertSuspect();
        worker.until(() -> db.count(FLOW, "processing") == 1);

        CompletableFuture<Void> stopped = QueueParts.over(db.dataSource())
                .transaction()
                .execute(status -> {
                    number(
                            "select count(*) from (select from processing_claim where flow_name = 'gated' for update) c");
                    otherGate.countDown();
                    // It is about to run alone, but cannot note it yet.
                    Awaitility.await().until(() -> number(WAITING) == 1);
                    var stopping = CompletableFuture.runAsync(worker::close);
                    Awaitility.await().until(() -> db.count(OTHER, "pending") == 1);
                    return stopping;
                });

        assertThat(stopped).succeedsWithin(Duration.ofSeconds(30));
        assertThat(db.count(FLOW, "pending")).isEqualTo(1);
        assertThat(calls).as("of the other flow").hasValue(1);
    }

    private static final String WAITING = """
            select count(*) from pg_stat_activity
            where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0
            """;

    /** A worker that waits long for its handlers when it stops. */
    private TestWorker.Builder patientWithBothFlows() {
        return TestWorker.on(db)
                .property("rpa.worker.drain-timeout", "1m")
                .property("rpa.flows.other.concurrency", "1")
                .property("rpa.flows.other.claim-ahead", "10m")
                .flow(FLOW)
                .flow(OTHER)
                .bean(gated(FLOW, gate))
                .bean(gated(OTHER, otherGate));
    }

    /** Records that are claimed all together, since the one before them is quick. */
    private void insertBacklog(String flow, int records) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select ?, jsonb_build_object('n', n) from generate_series(0, ?) n")
                .params(flow, records)
                .update();
    }

    private void insertSuspect() {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload, crash_count) values ('gated', '{\"n\": 1}', 2)")
                .update();
    }

    private static void within(Duration time, Callable<Boolean> reached) {
        Awaitility.await().atMost(time).until(reached);
    }

    private int number(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}
