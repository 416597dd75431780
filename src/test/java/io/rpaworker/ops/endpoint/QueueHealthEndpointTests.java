package io.rpaworker.ops.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management;
import io.rpaworker.ops.Management.Answer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class QueueHealthEndpointTests {

    private static final int CLIENTS = 8;

    private final RpaDb db = Postgres.migrated();

    @Test
    void isHealthyWhereBothDatabasesAnswer() {
        db.insert("a", "pending", 3);
        db.insert("b", "failed", 2);
        try (var worker =
                still().property("rpa.survey-hub.url", "jdbc:h2:mem:hub").start()) {
            Answer health = get(worker);

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.at("").propertyNames())
                    .containsExactly("status", "databases", "queue_status", "instance_info", "timestamp");
            assertThat(health.text("/status")).isEqualTo("healthy");
            assertThat(health.text("/databases/rpa_db/status")).isEqualTo("healthy");
            assertThat(health.at("/databases/rpa_db/response_time_ms").isNumber())
                    .isTrue();
            assertThat(health.text("/databases/source_db/status")).isEqualTo("healthy");
            assertThat(health.at("/queue_status/pending_records").asInt()).isEqualTo(3);
            assertThat(health.at("/queue_status/failed_records").asInt()).isEqualTo(2);
            assertThat(health.at("/queue_status/total_records").asInt()).isEqualTo(5);
            assertThat(health.text("/instance_info/source_db_name")).isEqualTo("SurveyHub");
            assertThat(health.text("/timestamp")).endsWith("Z");
        }
    }

    @Test
    void isDegradedWhereSurveyHubDoesNotAnswer() throws IOException {
        try (var worker = still().property(
                        "rpa.survey-hub.url", "jdbc:sqlserver://localhost:%d;encrypt=false".formatted(closedPort()))
                .property("rpa.survey-hub.connection-timeout", "1s")
                .start()) {
            Answer health = get(worker);

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.text("/status")).isEqualTo("degraded");
            assertThat(health.text("/databases/source_db/status")).isEqualTo("unhealthy");
            assertThat(health.text("/databases/rpa_db/status")).isEqualTo("healthy");
        }
    }

    /** That others ask a lot is no sign of rpa_db. */
    @Test
    void isHealthyWhileOthersWaitForTheirTurns() throws SQLException {
        try (var worker = still().start();
                Connection connection = db.dataSource().getConnection();
                var statement = connection.createStatement();
                var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var over = new AtomicBoolean();
            connection.setAutoCommit(false);
            statement.execute("lock table flow_statistics in access exclusive mode");
            for (int client = 0; client < CLIENTS; client++) {
                clients.execute(() -> {
                    while (!over.get()) {
                        Management.get(worker, "/actuator/performance");
                    }
                });
            }
            worker.until(() -> Management.get(worker, "/actuator/performance")
                    .body()
                    .contains("Too many questions are under way"));

            Answer health = get(worker);

            over.set(true);
            connection.rollback();
            assertThat(health.at("/databases/rpa_db/connection").asBoolean()).isTrue();
            assertThat(health.text("/status")).isEqualTo("healthy");
        }
    }

    @Test
    void isDegradedWhereNobodyCanCount() throws SQLException {
        try (Connection connection = db.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table queue_total in access exclusive mode");
            try (var worker = still().start()) {
                Answer health = get(worker);

                assertThat(health.status()).isEqualTo(200);
                assertThat(health.text("/status")).isEqualTo("degraded");
                assertThat(health.at("/queue_status/pending_records").asInt()).isEqualTo(-1);
                assertThat(health.text("/queue_status/error")).startsWith("Not counted for");
            }
        }
    }

    @Test
    void isUnhealthyAndDoesNotThrowWhereRpaDbDoesNotAnswer() {
        try (var worker = still().property("spring.datasource.hikari.connection-timeout", "500")
                .start()) {
            db.shut();

            Answer health = get(worker);

            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text("/status")).isEqualTo("unhealthy");
            assertThat(health.at("/databases/rpa_db/connection").asBoolean()).isFalse();
            assertThat(health.at("/queue_status/total_records").asInt()).isEqualTo(-1);
            assertThat(health.text("/queue_status/error")).isEqualTo("Database connection unavailable");
            assertThat(health.text("/instance_info/hostname")).isNotEmpty();
        } finally {
            db.open();
        }
    }

    private TestWorker.Builder still() {
        return TestWorker.on(db).property("rpa.worker.enabled", "false").property("rpa.maintenance.enabled", "false");
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Answer get(TestWorker worker) {
        return Management.get(worker, "/actuator/queuehealth");
    }
}
