package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import io.rpaworker.testing.WorkerRole;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.BeansException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a start says, and answers, while it cannot go on. */
@ExtendWith(OutputCaptureExtension.class)
class StartTests {

    private final RpaDb db = Postgres.empty();

    @Test
    void waitsForItsDatabaseAliveAndNotReady(CapturedOutput output) throws Exception {
        int port = freePort();
        db.shut();
        var start = CompletableFuture.supplyAsync(() -> TestWorker.on(db)
                .property("management.server.port", String.valueOf(port))
                .start());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> start.isDone() || status(port, "liveness") == 200);

        Awaitility.await().until(() -> output.getAll().contains("Cannot connect to rpa_db"));
        assertThat(output.getAll())
                .contains("Cannot connect to rpa_db, " + db.url() + " as postgres: FATAL: database")
                .contains("[55000]. Trying again every 5 s")
                .doesNotContain("does not pass by itself");
        assertThat(status(port, "readiness")).isEqualTo(503);

        db.open();

        try (var worker = start.join()) {
            worker.until(() -> status(port, "readiness") == 200);
        }
    }

    @Test
    void saysWhereWaitingDoesNotHelp(CapturedOutput output) {
        var start = CompletableFuture.supplyAsync(() -> TestWorker.on(db)
                .property("spring.datasource.url", db.url() + "_later?loggerLevel=OFF")
                .start());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> start.isDone() || output.getAll().contains("That does not pass by itself"));
        assertThat(output.getAll())
                .contains("Cannot connect to rpa_db, " + db.url() + "_later as postgres: FATAL: database")
                .contains("does not exist [3D000]");

        db.jdbc()
                .sql("create database " + db.url().substring(db.url().lastIndexOf('/') + 1) + "_later")
                .update();

        start.join().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spring.datasource.driver-class-name", "spring.datasource.hikari.driver-class-name"})
    void refusesADriverThatIsNotThereWithoutItsName(String property, CapturedOutput output) {
        var start = TestWorker.on(db).property(property, "hunter2");

        assertThatExceptionOfType(BeansException.class)
                .isThrownBy(start::start)
                .withMessageNotContaining("hunter2")
                .havingRootCause()
                .withMessage(property + " names no class that is there.");
        assertThat(output.getAll()).doesNotContain("hunter2");
    }

    @Test
    void isNotReadyBeforeItHasItsRights(CapturedOutput output) {
        WorkerRole.setUp(db);
        Postgres.migrate(db.url());
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.username", WorkerRole.WORKER)
                .property("spring.flyway.user", "postgres")
                .property("spring.flyway.password", "any")
                .start()) {
            worker.until(() -> readiness(worker).body().contains("permission denied"));
            assertThat(readiness(worker).status()).isEqualTo(503);
            assertThat(readiness(worker).text("/components/firstLease/details/error"))
                    .isEqualTo("ERROR: permission denied for table worker_instance [42501];"
                            + " docs/dba.md, Roles, says what to grant");
            worker.until(() -> output.getAll().contains("Counts of the queue fail"));
            assertThat(output.getAll())
                    .contains("Heartbeats fail, and nothing is claimed once the lease has run out:"
                            + " ERROR: permission denied for table worker_instance [42501]")
                    .containsPattern("Counts of the queue fail, and its meters keep their last values:"
                            + " ERROR: permission denied for table \\w+ \\[42501]")
                    .doesNotContain("bad SQL grammar");

            WorkerRole.setUp(db);

            worker.until(() -> readiness(worker).status() == 200);
        }
    }

    private static Management.Answer readiness(TestWorker worker) {
        return Management.get(worker, "/actuator/health/readiness");
    }

    private static int status(int port, String probe) {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health/" + probe));
            return http.send(request.build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException notYet) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
