package io.rpaworker.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.ledger.LedgerHandler;
import com.example.rival.RivalHandler;
import io.rpaworker.testing.HandlerProject;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot work stops the start, and the console says which setting, and what it may be. */
class BadSettingsIT {

    private static final RpaDb DB = Postgres.migrated();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rpa.flows.ledger.batch-size: 0          | rpa.flows[ledger].batchSize | must be greater than or equal to 1",
                "rpa.worker.heartbeat-interval: 11s      | rpa.worker | must be at most a third of rpa.worker.lease",
                "rpa.flows.ledgre.enabled: true          | rpa.flows.ledgre is enabled, but no RecordHandler | Known flows are [ledger",
                "rpa.flows.ledgre.batch-size: 5          | rpa.flows.ledgre is configured | Known flows are [ledger",
                "rpa.flows.ledger.record-timeout: 1h     | record-timeout (1 h) | not shorter than cleanup-timeout (1 h)",
                "rpa.flows.ledger.batchsize-typo: 5      | rpa.flows.ledger.batchsize-typo is no setting | Did you mean rpa.flows.ledger.batch-size?",
                "rpa.global.max-retry: 5                 | rpa.global.max-retry is no setting | Did you mean rpa.global.max-retries?",
                "rpa.worker.heartbeat: 5s                | rpa.worker.heartbeat is no setting | Did you mean rpa.worker.heartbeat-interval?",
                "rpa.maintenance.sweep: 5s               | rpa.maintenance.sweep is no setting | Did you mean rpa.maintenance.sweep-interval?",
                "rpa.monitoring.refresh: 5s              | rpa.monitoring.refresh is no setting | Did you mean rpa.monitoring.refresh-interval?",
                "rpa.worker.lease: 30                    | rpa.worker.lease is 30, which has no unit | Write 30s if seconds are meant",
                "rpa.flow.ledger.enabled: true           | rpa.flow.ledger.enabled is no setting | Did you mean rpa.flows?",
                "rpa.flows.ledger.poll-interval: often   | rpa.flows.ledger.poll-interval | often"
            })
    void aBadSettingStopsTheStart(String setting, String name, String bound) throws Exception {
        try (var worker = start(setting, LedgerHandler.class)) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console()).contains("APPLICATION FAILED TO START", name, bound);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rpa.survey-hub.passwort",
                "rpa.survey-hub.maximum-pool-size",
                "rpa.survey-hub.query-timeout",
                "rpa.monitoring.token",
                "rpa.pasword",
                "spring.datasource.hikari.maximum-pool-size",
                "spring.flyway.connect-retries"
            })
    void aSecretAtTheWrongKeyIsNeverPrinted(String key) throws Exception {
        try (var worker = start(key + ": hunter2")) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console())
                    .contains("APPLICATION FAILED TO START", key, "application-trial.yml")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void aFlowWithoutItsHandlersJarStopsTheStart() throws Exception {
        try (var worker = start("rpa.flows.ledger.enabled: true")) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console())
                    .contains(
                            "rpa.flows.ledger is enabled, but no RecordHandler",
                            "put the handler's jar into handlers/");
        }
    }

    @Test
    void twoHandlersOfOneFlowStopTheStart() throws Exception {
        try (var worker = start("rpa.flows.ledger.enabled: true", LedgerHandler.class, RivalHandler.class)) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console())
                    .contains(
                            "Flow 'ledger' has two handlers",
                            LedgerHandler.class.getName(),
                            RivalHandler.class.getName());
        }
    }

    @Test
    void aThreadThatAHandlerHasStartedKeepsNoFailedStartAlive() throws Exception {
        Path jar = Files.createDirectories(folder.resolve("handlers")).resolve("acme.jar");
        new HandlerProject().handler("acme.H", "acme", """
                H() {
                    new Thread(() -> {
                        try {
                            Thread.sleep(Long.MAX_VALUE);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }).start();
                    throw new IllegalStateException("no key");
                }
                """).into(jar);
        try (var worker = start("rpa.flows.acme.enabled: true")) {
            assertThat(worker.exitCode()).isEqualTo(1);
            assertThat(worker.console()).contains("APPLICATION FAILED TO START", "acme.jar cannot be used: no key");
        }
    }

    private WorkerProcess start(String yaml, Class<?>... handlers) throws IOException {
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(folder.resolve("config/application-trial.yml"), yaml + "\n");
        var builder = WorkerProcess.in(folder, DB.url()).property("spring.profiles.active", "trial");
        for (Class<?> handler : handlers) {
            builder.handler(handler);
        }
        return builder.start();
    }
}
