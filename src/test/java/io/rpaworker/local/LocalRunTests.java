package io.rpaworker.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The program as it is started, in a process of its own. */
class LocalRunTests {

    @TempDir
    Path folder;

    @Test
    void everySurveyOfTheSampleIsDoneAndTheLastLineSaysSo() throws Exception {
        Run run = run(Map.of("RPA_LOCAL_EXIT_WHEN_DONE", "true"));

        assertThat(run.lines().getLast())
                .matches("completed=200 failed=0 seconds=\\d+\\.\\d{3} records_per_second=\\d+");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void databasesThatTheEnvironmentNamesAreUsedInsteadOfOwnOnes() throws Exception {
        RpaDb rpaDb = Postgres.empty();
        var surveyHub = StandIn.create("external");
        var jdbc = JdbcClient.create(surveyHub.dataSource());
        jdbc.sql("insert into surveys values ('S-1', 'C-1', 'Trains', 2026), ('S-2', 'C-2', 'Trains', 2026),"
                        + " ('S-3', null, 'Trains', 2026)")
                .update();
        jdbc.sql("insert into responses values ('S-1', 'Q', 'yes')").update();
        var server = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon").start();
        try {
            Run run = run(Map.of(
                    "RPA_LOCAL_EXIT_WHEN_DONE",
                    "true",
                    "SPRING_DATASOURCE_URL",
                    rpaDb.url(),
                    "SPRING_DATASOURCE_USERNAME",
                    "postgres",
                    "RPA_SURVEY_HUB_URL",
                    "jdbc:h2:%s/mem:external;MODE=MSSQLServer".formatted(server.getURL())));

            assertThat(run.lines().getLast()).startsWith("completed=1 failed=1 ");
            assertThat(run.text())
                    .contains(
                            "2 records added to the queue; surveys skipped for want of a customer_id: 1",
                            "failed: S-2: survey S-2 has no responses");
            assertThat(run.exitCode()).isZero();
            assertThat(rpaDb.count("survey_processor", "completed")).isEqualTo(1);
            assertThat(rpaDb.count("survey_processor", "failed")).isEqualTo(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void whatIsWrongIsSaidWithoutAStackTrace() throws Exception {
        Run run = run(Map.of("RPA_LOCAL_SURVEYS", "nowhere.csv", "RPA_LOCAL_RESPONSES", "nowhere.csv"));

        assertThat(run.text()).contains("nowhere.csv] does not exist.", "RPA_LOCAL_SURVEYS");
        assertThat(run.lines()).hasSizeLessThan(30).noneMatch(line -> line.startsWith("\tat "));
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void tellsWhereTheResultsAreAndEndsInGoodOrderHoweverOftenItIsTold() throws Exception {
        Path handlers = Files.createDirectory(folder.resolve("handlers"));
        Files.writeString(handlers.resolve("1-tables.sql"), """
                create table invoice (id bigint); -- one; two
                create function twice(n int) returns int language sql as $$ select n * 2; $$;
                """);
        Files.writeString(handlers.resolve("2-rows.sql"), "insert into invoice select twice(21)");
        Running run = start(Map.of("RPA_HANDLERS", handlers.toString()));
        run.until("Ctrl-C stops it.");

        run.signal("INT");
        run.signal("TERM");

        Run ended = run.end();
        assertThat(ended.text())
                .startsWith("Starting the worker")
                .containsSubsequence(
                        "1-tables.sql has been run", "2-rows.sql has been run", "Processing flows", "200 records added")
                .containsPattern("\npsql +psql postgresql://postgres@localhost:\\d+/rpa_db\n")
                .contains(
                        "select * from survey_result",
                        "-Dspring-boot.run.arguments=--rpa.flows.YOUR_FLOW.enabled=true");
        endedInGoodOrder(ended, "Stopped.");
    }

    @Test
    void ctrlCEndsTheStartAndTheWatchInGoodOrderToo() throws Exception {
        Running early = start(Map.of());
        early.until("is unpacked and started");
        early.signal("INT");
        early.signal("INT");
        endedInGoodOrder(early.end(), "Stopped before the worker was up.");

        Running busy = start(Map.of());
        busy.until("records added to the queue");
        busy.signal("INT");
        busy.signal("TERM");
        endedInGoodOrder(busy.end(), "Stopped.");
    }

    @Test
    void aScriptThatFailsStopsTheStartAndSaysWhere() throws Exception {
        Path handlers = Files.createDirectory(folder.resolve("handlers"));
        Path script = Files.writeString(handlers.resolve("tables.sql"), """
                create table invoice (id bigint);

                -- A typo.
                insert into invoice
                values ('x');
                """);

        Run run = run(Map.of("RPA_HANDLERS", handlers.toString()));

        assertThat(run.text())
                .contains(script + ", line 5: ERROR: invalid input syntax for type bigint: \"x\"")
                .doesNotContain("records added");
        assertThat(run.lines()).noneMatch(line -> line.startsWith("\tat "));
        assertThat(run.exitCode()).isEqualTo(1);
    }

    private static void endedInGoodOrder(Run run, String lastLine) {
        assertThat(run.lines().getLast()).isEqualTo(lastLine);
        assertThat(run.text()).doesNotContain("\tat ", " WARN ", " ERROR ", "Exception");
        assertThat(run.exitCode()).isZero();
    }

    private Run run(Map<String, String> variables) throws IOException, InterruptedException {
        return start(variables).end();
    }

    private Running start(Map<String, String> variables) throws IOException {
        Path output = folder.resolve("output");
        String java = ProcessHandle.current().info().command().orElse("java");
        var builder = new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-XX:TieredStopAtLevel=1",
                        "io.rpaworker.local.LocalRun")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(variables);
        builder.environment().put("MANAGEMENT_SERVER_PORT", "0");
        return new Running(builder.start(), output);
    }

    private record Running(Process process, Path output) {

        void until(String said) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> !process.isAlive() || Files.readString(output).contains(said));
            assertThat(process.isAlive()).as("waits to be stopped").isTrue();
        }

        void signal(String name) {
            Signals.send(process.pid(), name);
        }

        Run end() throws IOException, InterruptedException {
            try {
                assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ends").isTrue();
            } finally {
                process.destroyForcibly();
            }
            return new Run(process.exitValue(), Files.readAllLines(output));
        }
    }

    private record Run(int exitCode, List<String> lines) {

        String text() {
            return String.join("\n", lines);
        }
    }
}
