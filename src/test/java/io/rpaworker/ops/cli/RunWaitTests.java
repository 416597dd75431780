package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.Signals;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunWaitTests {

    private final RpaDb db = Postgres.migrated();

    @BeforeEach
    void aRun() {
        db.execute("insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at, pages)"
                + " values ('f', 'operator', '', 'discovering', 'ann', now(), 2)");
    }

    private void end(String state) {
        db.execute("update processing_run set state = '%s', ended_at = now(), discovered_at = now()".formatted(state)
                + ", counts = '{\"records\": 2, \"completed\": 1, \"failed\": 1, \"cancelled\": 0}'");
    }

    // A nightly job is not to fail because rpa_db is restarted while its run goes on.
    @Test
    void anOutageIsWaitedFor() {
        var out = new StringWriter();
        var err = new StringWriter();
        var terminal = Terminal.none(new PrintWriter(out), new PrintWriter(err));
        try (var threads = Executors.newSingleThreadExecutor()) {
            var waits = threads.submit(() -> OperatorCommands.run(
                    List.of(
                            "run",
                            "show",
                            "1",
                            "--wait",
                            "--timeout",
                            "60",
                            "--spring.datasource.url=" + db.url(),
                            "--spring.datasource.username=rpa_worker"),
                    terminal,
                    its -> {
                        throw new IllegalStateException();
                    }));
            await().atMost(Duration.ofSeconds(30)).until(() -> err.toString().contains("Run 1 of flow f is "));
            db.shut();
            await().atMost(Duration.ofSeconds(30)).until(() -> err.toString().contains(". Waiting on.\n"));
            db.open();
            end("completed_with_failures");

            assertThat(waits).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(3);
        }
        assertThat(err.toString())
                .contains("Run 1 of flow f is discovering: page 3", "rpa_db does not answer")
                .endsWith("rpa_db answers again.\n");
        assertThat(out.toString()).startsWith("Run 1 of flow f is completed with failures: 1 of 2 completed, 1 failed");
    }

    @Test
    void aDatabaseThatNeverAnsweredIsNotWaitedFor() {
        db.shut();

        CommandRun run = CommandRun.run(db, "run", "show", "1", "--wait");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("rpa_db does not answer: ").hasLineCount(1);
    }

    @Test
    void onATerminalOneLineIsWrittenAnewAndTakenAway() {
        CommandRun run = CommandRun.Place.at(db).onTerminal(60).run("run", "show", "1", "--wait", "--timeout", "2");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("\rRun 1 of flow f is discovering: page 3")
                .contains("\r\u001b[K");
        assertThat(run.err().split("[\r\n]"))
                .allMatch(it -> it.replace("\u001b[K", "").length() < 60 || it.contains("goes on"));
    }

    @Test
    void howItHasEndedIsTheExitCode() {
        for (var it : List.of(List.of("completed", 0), List.of("failed", 1), List.of("cancelled", 1))) {
            end((String) it.getFirst());

            assertThat(CommandRun.run(db, "run", "show", "1", "--wait").exitCode())
                    .as("%s", it)
                    .isEqualTo(it.getLast());
        }
    }

    // Ctrl-C too runs the hook that says so; but a process that a shell has started in the background ignores it.
    @Test
    void whoeverEndsTheWaitingLeavesTheRunAlone() throws Exception {
        Process waits = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.rpaworker.RpaWorkerApplication",
                        "run",
                        "show",
                        "1",
                        "--wait",
                        "--spring.datasource.url=" + db.url(),
                        "--spring.datasource.username=rpa_worker")
                .redirectErrorStream(true)
                .start();
        try (var said = waits.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).startsWith("Run 1 of flow f is discovering");
            Signals.send(waits.pid(), "TERM");

            assertThat(said.lines())
                    .contains("Run 1 goes on: rpa run show 1 --wait waits for it, rpa run cancel 1 ends it.");
            assertThat(waits.waitFor()).isEqualTo(143);
        } finally {
            waits.destroyForcibly();
        }
        assertThat(db.jdbc()
                        .sql("select state from processing_run")
                        .query(String.class)
                        .single())
                .isEqualTo("discovering");
    }
}
