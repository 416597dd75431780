package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loops;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Network;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import io.rpaworker.worker.Worker;
import org.junit.jupiter.api.Test;

class DatabaseOutageTests {

    private final RpaDb db = Postgres.migrated();

    @Test
    void aDatabaseThatIsGoneIsDownButNoReasonToRestart() {
        db.insertPending("of-a-newer-version", 5);
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.hikari.connection-timeout", "500")
                .property("rpa.monitoring.refresh-interval", "1s")
                .flow(Reader.FLOW)
                .bean(new Reader())
                .start()) {
            worker.until(() -> healthIs(worker, "UP"));
            worker.until(() -> worker.bean(QueueSnapshots.class).last().isPresent());

            db.shut();
            worker.until(() -> !get(worker, "health")
                    .at("/components/worker/details/lease_held")
                    .asBoolean());
            worker.until(
                    () -> get(worker, "health").text("/components/queue/status").equals("UNKNOWN"));

            Answer health = get(worker, "health");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text("/status")).isEqualTo("DOWN");
            assertThat(health.text("/components/rpaDb/status")).isEqualTo("DOWN");
            assertThat(health.text("/components/rpaDb/details/error"))
                    .contains("is not currently accepting connections");
            assertThat(health.text("/components/queue/details/error")).startsWith("Not counted for ");
            assertThat(health.at("/components/queue/details").has("old_snapshots"))
                    .isTrue();
            assertThat(health.at("/components/queue/details/pending_records").asInt())
                    .isEqualTo(5);
            assertThat(health.at("/components/queue/details/age_seconds").isNumber())
                    .isTrue();
            assertThat(health.text("/components/worker/status")).isEqualTo("DEGRADED");
            assertThat(health.at("/components").has("surveyHub")).isFalse();
            staysAlive(worker);
            itsLoopsComeRound(worker);
            Answer queue = get(worker, "queue");
            assertThat(queue.status()).isEqualTo(503);
            assertThat(queue.text("/status")).isEqualTo("failed");
            assertThat(queue.text("/error")).isEqualTo("rpa_db does not answer");
            assertThat(queue.text("/error_type")).isEqualTo("unavailable");
            theMetersKeepTheirLastValues(worker);

            db.open();
            worker.until(() -> healthIs(worker, "UP"));
        }
    }

    @Test
    void aDatabaseThatIsSilentDoesNotHoldUpHealth() {
        try (var network = new Network(db);
                var worker = TestWorker.on(db)
                        .property("spring.datasource.url", network.url())
                        .flow(Reader.FLOW)
                        .bean(new Reader())
                        .start()) {
            worker.until(() -> healthIs(worker, "UP"));

            network.whileSilent(() -> {
                assertThat(get(worker, "health").text("/components/rpaDb/details/error"))
                        .startsWith("No answer within 2000 ms");
                assertThat(get(worker, "health").status()).isEqualTo(503);
                staysAlive(worker);
            });

            worker.until(() -> healthIs(worker, "UP"));
        }
    }

    private static void theMetersKeepTheirLastValues(TestWorker worker) {
        worker.bean(QueueSnapshots.class).refreshOnce();
        var scrape = Scrape.of(worker);

        assertThat(scrape.value("rpa_queue_depth", "flow", "of-a-newer-version", "status", "pending"))
                .isEqualTo(5);
        assertThat(Scrape.of(worker).value("rpa_monitoring_age_seconds"))
                .isGreaterThan(scrape.value("rpa_monitoring_age_seconds"));
        assertThat(Scrape.of(worker).value("rpa_heartbeat_lag_seconds")).isPositive();
    }

    // Minutes of this would have to pass before liveness could fail: what it goes by must not grow with the outage.
    private static void itsLoopsComeRound(TestWorker worker) {
        var lease = worker.bean(Heartbeat.class);
        assertThat(worker.bean(Loops.class).vitalProblems(lease.heartbeatLag())).isEmpty();
        assertThat(worker.bean(Loops.class).otherProblems(lease.heartbeatLag())).isEmpty();
        assertThat(worker.bean(Worker.class).flows()).hasSize(1);
    }

    private static void staysAlive(TestWorker worker) {
        assertThat(get(worker, "health/liveness").status()).isEqualTo(200);
        assertThat(get(worker, "health/liveness").text("/status")).isEqualTo("UP");
        assertThat(get(worker, "health/readiness").status()).isEqualTo(200);
    }

    private static boolean healthIs(TestWorker worker, String status) {
        return get(worker, "health").text("/status").equals(status);
    }

    private static Answer get(TestWorker worker, String endpoint) {
        return Management.get(worker, "/actuator/" + endpoint);
    }
}
