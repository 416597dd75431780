package io.rpaworker.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Gate;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Kubernetes asks; {@link io.rpaworker.ops.DatabaseOutageTests} has what it must not notice. */
class ProbesTests {

    private final RpaDb db = Postgres.migrated();

    @Test
    void slotsThatAreStuckDegradeAndEndLivenessOnceAllAre() {
        var gate = new Gate();
        try (var worker = TestWorker.on(db)
                .property("rpa.global.concurrency", "2")
                .property("rpa.global.record-timeout", "100ms")
                .property("rpa.global.max-retries", "1")
                .flow(Gate.FLOW)
                .bean(gate)
                .start()) {
            db.insertPending(Gate.FLOW, 1);
            worker.until(() -> stuck(worker) == 1);

            assertThat(get(worker).status()).isEqualTo(200);
            assertThat(get(worker).text("/components/worker/status")).isEqualTo("DEGRADED");
            assertThat(get(worker).text("/components/worker/details/problems/0"))
                    .matches("1 of 2 slots of flow gate are stuck: their calls ignore the interrupt"
                            + " \\(record 1, attempt 1, for .* s\\)");
            String hanging = "/components/worker/details/flows/gate/hanging/0";
            assertThat(get(worker).at(hanging + "/records/0").asInt()).isEqualTo(1);
            assertThat(get(worker).at(hanging + "/attempt").asInt()).isEqualTo(1);
            assertThat(Instant.parse(get(worker).text(hanging + "/since"))).isAfter(Instant.EPOCH);
            assertThat(get(worker).at(hanging + "/stuck").asBoolean()).isTrue();
            assertThat(get(worker, "/liveness").status()).isEqualTo(200);

            db.insertPending(Gate.FLOW, 1);
            worker.until(() -> stuck(worker) == 2);

            assertThat(get(worker, "/liveness").status()).isEqualTo(503);
            assertThat(get(worker, "/liveness").text("/components/stuck/details/problems/0"))
                    .isEqualTo("All 2 slots of flow gate are stuck");

            gate.open();
            worker.until(() -> get(worker, "/liveness").status() == 200);
        }
    }

    @Test
    void aLoopThatHasEndedEndsLiveness() {
        try (var worker = TestWorker.on(db).flow(Gate.FLOW).bean(new Gate()).start()) {
            assertThat(get(worker, "/liveness").status()).isEqualTo(200);

            Thread.getAllStackTraces().keySet().stream()
                    .filter(it -> it.getName().equals("rpa-dispatch-gate"))
                    .forEach(Thread::interrupt);

            worker.until(() -> get(worker, "/liveness").status() == 503);
            assertThat(get(worker, "/liveness").text("/components/stuck/details/problems/0"))
                    .isEqualTo("The loop rpa-dispatch-gate has ended");
        }
    }

    @Test
    void isNotReadyWhileItDrainsButAlive() throws Exception {
        var gate = new Gate();
        var worker = TestWorker.on(db)
                .property("rpa.worker.drain-timeout", "1m")
                .flow(Gate.FLOW)
                .bean(gate)
                .start();
        db.insertPending(Gate.FLOW, 1);
        worker.until(() -> db.count(Gate.FLOW, "processing") == 1);
        assertThat(get(worker, "/readiness").status()).isEqualTo(200);

        var closed = CompletableFuture.runAsync(worker::close);
        worker.until(() -> get(worker, "/readiness").status() == 503);

        assertThat(get(worker, "/readiness").text("/status")).isEqualTo("OUT_OF_SERVICE");
        assertThat(get(worker, "/liveness").status()).isEqualTo(200);
        gate.open();
        closed.get(30, TimeUnit.SECONDS);
        assertThat(db.count(Gate.FLOW, "completed")).isEqualTo(1);
    }

    private static int stuck(TestWorker worker) {
        return get(worker).at("/components/worker/details/slots_stuck").asInt();
    }

    private static Answer get(TestWorker worker) {
        return get(worker, "");
    }

    private static Answer get(TestWorker worker, String part) {
        return Management.get(worker, "/actuator/health" + part);
    }
}
