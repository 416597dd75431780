package io.rpaworker.ops.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.Reader;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTests {

    private static final String HEALTH = "/actuator/health";

    private final RpaDb db = Postgres.migrated();

    @Test
    void showsEveryContributorWithItsDetails() {
        db.insertPending("of-a-newer-version", 3);
        db.insert("of-a-newer-version", "failed", 2);
        try (var worker = TestWorker.on(db)
                .property("rpa.survey-hub.url", "jdbc:h2:mem:hub")
                .flow(Reader.FLOW)
                .bean(new Reader())
                .start()) {
            worker.until(() -> {
                Answer now = get(worker);
                return now.text("/status").equals("UP")
                        && now.text("/components/worker/details/wake_up").equals("listening");
            });

            Answer health = get(worker);

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.at("/components").propertyNames())
                    .contains("rpaDb", "surveyHub", "queue", "worker", "stuck", "livenessState", "readinessState")
                    .doesNotContain("db");
            assertThat(health.at("/components/rpaDb/details/response_time_ms").asDouble())
                    .isPositive();
            assertThat(health.at("/components/surveyHub/details/response_time_ms")
                            .isNumber())
                    .isTrue();
            assertThat(health.at("/components/queue/details/total_records").asInt())
                    .isEqualTo(5);
            assertThat(health.at("/components/queue/details/pending_records").asInt())
                    .isEqualTo(3);
            assertThat(health.at("/components/queue/details/failed_records").asInt())
                    .isEqualTo(2);
            showsTheWorker(worker, health);
        }
    }

    private static void showsTheWorker(TestWorker worker, Answer health) {
        String details = "/components/worker/details";
        var replica = worker.bean(Heartbeat.class).instance().orElseThrow();
        assertThat(health.text(details + "/instance_id")).isEqualTo(replica.id());
        assertThat(health.text(details + "/host")).isEqualTo(replica.host());
        assertThat(health.at(details + "/lease_held").asBoolean()).isTrue();
        assertThat(health.at(details + "/heartbeat_lag_ms").isNumber()).isTrue();
        assertThat(health.at(details + "/slots").asInt()).isEqualTo(16);
        assertThat(health.at(details + "/slots_busy").asInt()).isZero();
        assertThat(health.at(details + "/slots_stuck").asInt()).isZero();
        assertThat(health.at(details + "/unavailable_sources").size()).isZero();
        assertThat(health.at(details + "/flows/reader/last_poll_ms").isNumber()).isTrue();
    }

    @Test
    void namesWhoHoldsAnOldSnapshot() throws SQLException {
        try (var worker = TestWorker.on(db)
                        .property("rpa.worker.enabled", "false")
                        .property("rpa.monitoring.old-snapshot-after", "1s")
                        .property("rpa.monitoring.refresh-interval", "1s")
                        .start();
                Connection report = db.dataSource().getConnection();
                var statement = report.createStatement()) {
            statement.execute("set application_name = 'quarterly report'");
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            statement.execute("select 1");

            String first = "/components/queue/details/old_snapshots/0";
            worker.until(() -> get(worker).text(first + "/application").equals("quarterly report"));

            assertThat(get(worker).text(first + "/kind")).isEqualTo("session");
            assertThat(get(worker).text("/status")).isEqualTo("UP");
            assertThat(get(worker).at("/components/worker/details/enabled").asBoolean())
                    .isFalse();
        }
    }

    @Test
    void isDegradedWhereNoFlowIsEnabled() {
        try (var worker = TestWorker.on(db).start()) {
            String details = "/components/worker/details";
            worker.until(() -> get(worker).at(details + "/lease_held").asBoolean());

            assertThat(get(worker).text("/status")).isEqualTo("DEGRADED");
            assertThat(get(worker).text(details + "/problems/0")).startsWith("No flow is enabled");
        }
    }

    /** Counting millions takes longer than anybody waits for health, and is no reason to doubt it. */
    @Test
    void asksNobodyToCountTheQueue() throws SQLException {
        db.insertPending("of-a-newer-version", 3);
        try (var worker = TestWorker.on(db)
                        .property("rpa.worker.enabled", "false")
                        .property("rpa.maintenance.enabled", "false")
                        .start();
                Connection connection = db.dataSource().getConnection();
                var statement = connection.createStatement()) {
            worker.until(() -> get(worker).text("/components/queue/status").equals("UP"));
            connection.setAutoCommit(false);
            // Every count waits for this.
            statement.execute("lock table queue_total in access exclusive mode");

            Answer health = get(worker);

            assertThat(health.text("/status")).isEqualTo("UP");
            assertThat(health.at("/components/queue/details/pending_records").asInt())
                    .isEqualTo(3);
            assertThat(health.at("/components/queue/details/dead_tuples").isNumber())
                    .isTrue();
            assertThat(health.at("/components/queue/details/old_snapshots").isArray())
                    .isTrue();
            assertThat(health.at("/components/queue/details/age_seconds").isNumber())
                    .isTrue();
        }
    }

    @Test
    void isDegradedWhileASourceDoesNotAnswer() throws IOException {
        var reader = new Reader();
        reader.sourceAnswers.set(false);
        try (var worker = TestWorker.on(db)
                .property("rpa.survey-hub.url", "jdbc:sqlserver://localhost:%d;encrypt=false".formatted(closedPort()))
                .property("rpa.survey-hub.connection-timeout", "1s")
                .flow(Reader.FLOW)
                .bean(reader)
                .start()) {
            String source = "/components/worker/details/unavailable_sources/catalogue";
            worker.until(() -> get(worker).text(source).contains("catalogue is closed"));

            Answer health = get(worker);

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.text("/status")).isEqualTo("DEGRADED");
            assertThat(health.text("/components/surveyHub/status")).isEqualTo("DEGRADED");
            assertThat(health.text("/components/surveyHub/details/error")).isNotEmpty();
            assertThat(health.text("/components/worker/details/problems/0")).contains("catalogue");
            assertThat(get(worker, "/liveness").text("/status")).isEqualTo("UP");

            reader.sourceAnswers.set(true);
            worker.until(() -> get(worker).text("/components/worker/status").equals("UP"));
        }
    }

    @Test
    void withoutSurveyHubItIsDegradedAndReadyAndKeepsTheRecords() throws IOException {
        try (var worker = TestWorker.on(db)
                .property("rpa.survey-hub.url", "jdbc:sqlserver://localhost:%d;encrypt=false".formatted(closedPort()))
                .property("rpa.survey-hub.connection-timeout", "1s")
                .flow("survey_processor")
                .start()) {
            db.insertPending("survey_processor", 3);
            worker.until(() -> get(worker)
                    .at("/components/worker/details/unavailable_sources")
                    .has("surveyHub"));

            Answer health = get(worker);

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.text("/status")).isEqualTo("DEGRADED");
            assertThat(health.text("/components/rpaDb/status")).isEqualTo("UP");
            assertThat(health.text("/components/surveyHub/status")).isEqualTo("DEGRADED");
            assertThat(health.text("/components/worker/status")).isEqualTo("DEGRADED");
            for (String probe : List.of("/liveness", "/readiness")) {
                assertThat(get(worker, probe).status()).isEqualTo(200);
                assertThat(get(worker, probe).text("/status")).isEqualTo("UP");
            }
            assertThat(db.count("survey_processor", "pending")).isEqualTo(3);
            assertThat(db.column(1, "retry_count", Integer.class)).isZero();
        }
    }

    private static Answer get(TestWorker worker) {
        return get(worker, "");
    }

    private static Answer get(TestWorker worker, String part) {
        return Management.get(worker, HEALTH + part);
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
