package io.rpaworker.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.loop.Step;
import io.rpaworker.ops.Gate;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
    void aLoopThatRecordsCannotDoWithoutEndsLivenessOnceItIsOverdueAndNoOtherDoes() {
        var letGo = new CountDownLatch(1);
        Step late = () -> {
            Loop.comesRound(Duration.ofHours(-1));
            letGo.await();
            return Step.UNTIL_HURRIED;
        };
        try (var worker = TestWorker.on(db).flow(Gate.FLOW).bean(new Gate()).start()) {
            var loops = worker.bean(Loops.class);
            loops.of(Role.of("other", "Rounds"), late).start();
            worker.until(() -> problems(worker).contains("The loop rpa-other is overdue by 1 h"));
            assertThat(get(worker, "/liveness").status()).isEqualTo(200);

            loops.of(Role.vital("vital", "Rounds"), late).start();

            worker.until(() -> get(worker, "/liveness").status() == 503);
            assertThat(get(worker, "/liveness").text("/components/stuck/details/problems/0"))
                    .isEqualTo("The loop rpa-vital is overdue by 1 h");
            letGo.countDown();
        }
    }

    @Test
    void livenessShowsWhenEachLoopLastCameRound() {
        try (var worker = TestWorker.on(db).flow(Gate.FLOW).bean(new Gate()).start()) {
            var shown = "/components/stuck/details/loops_came_round/";

            for (String loop : List.of(
                    "heartbeat",
                    "watch",
                    "poll-gate",
                    "dispatch-gate",
                    "settle-gate",
                    "probe",
                    "listen",
                    "maintenance",
                    "totals",
                    "monitoring")) {
                assertThat(get(worker, "/liveness").text(shown + "rpa-" + loop))
                        .as(loop)
                        .endsWith(" ago");
            }
        }
    }

    private static String problems(TestWorker worker) {
        return get(worker).at("/components/worker/details/problems").toString();
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
