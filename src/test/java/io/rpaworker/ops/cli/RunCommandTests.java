package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.cli.CommandRun.Place;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Runs from a shell, with a worker that processes them. */
class RunCommandTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final NightFlow NIGHT = new NightFlow();
    private static TestWorker worker;

    @BeforeAll
    static void aWorker() {
        worker = NIGHT.start(DB);
    }

    @AfterAll
    static void stop() {
        worker.close();
    }

    @BeforeEach
    void nothingIsLetThrough() {
        NIGHT.permits.drainPermits();
        NIGHT.failing.clear();
        NIGHT.sourceFails = false;
    }

    @AfterEach
    void allRunsEnd() {
        NIGHT.sourceFails = false;
        NIGHT.letAllRun();
        worker.until(() -> count("select count(*) from processing_run where ended_at is null") == 0);
    }

    private static int count(String sql) {
        return DB.jdbc().sql(sql).query(Integer.class).single();
    }

    private static CommandRun run(String words) {
        return CommandRun.run(DB, words.split(" ", -1));
    }

    private static long started(String words) {
        CommandRun run = run("run start night --json " + words);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run.json().path("run_id").asLong();
    }

    private static String state(long id) {
        return DB.jdbc()
                .sql("select state from processing_run where id = " + id)
                .query(String.class)
                .single();
    }

    @Test
    void oneIsStartedAndWaitedFor() {
        NIGHT.letAllRun();

        CommandRun run = run("run start night --param records=3 --wait");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).containsPattern("^Run \\d+ of flow night is started.\n");
        assertThat(run.out())
                .containsPattern("^Run \\d+ of flow night is completed: 3 of 3 completed")
                .containsPattern("leader +\\S+, term 1, since ")
                .containsPattern("parameters +\\{\"records\": 3}");
    }

    @Test
    void aRunWithDeadLettersEndsWithThreeUntilTheyAreTriedAgain() {
        NIGHT.letAllRun();
        NIGHT.failing.add(2);
        CommandRun failed = run("run start night --param records=3 --wait --json");
        assertThat(failed.exitCode()).isEqualTo(3);
        assertThat(failed.json().path("records_failed").asInt()).isEqualTo(1);
        long id = failed.json().path("id").asLong();
        assertThat(run("run show " + id).out())
                .contains("\n1 dead letter\n")
                .containsPattern("\\d+ +\\S+Z +rejected +as the test wants it");
        NIGHT.failing.clear();

        CommandRun asked = run("run retry " + id);
        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.err()).contains("Try again what has failed? Say --yes: there is no terminal to ask on.");
        assertThat(run("run retry %d --yes --as ann".formatted(id)).out())
                .isEqualTo("Run %d of flow night is processing, in round 2.\n".formatted(id));

        assertThat(run("run show %d --wait".formatted(id)).exitCode()).isZero();
        CommandRun again = run("run retry %d --yes".formatted(id));
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err())
                .isEqualTo(
                        "Run %d stays as it is: it is completed, and nothing of it is a dead letter.\n".formatted(id));
    }

    @Test
    void oneWhoseDiscoveryFailsEndsWithOne() {
        NIGHT.sourceFails = true;

        CommandRun run = run("run start night --param records=3 --wait");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern(
                        "^Run \\d+ of flow night is failed: .*Discovery has failed: .*the source of the test is away");
    }

    @Test
    void oneIsCancelledAfterAYesAndReopened() {
        long id = started("--param records=5");
        Place terminal = Place.at(DB).onTerminal(80);

        CommandRun no = terminal.withInput("\n").run("run", "cancel", String.valueOf(id));
        assertThat(no.exitCode()).isEqualTo(1);
        assertThat(no.err()).contains("Run %d of flow night is ".formatted(id), " Cancel it? [y/N] Nothing was done.");
        assertThat(state(id)).isNotIn("cancelling", "cancelled");

        CommandRun yes = CommandRun.run(
                DB, "run", "cancel", String.valueOf(id), "--yes", "--as", "ann", "--reason", "wrong night");
        assertThat(yes.exitCode()).isZero();
        CommandRun waited = run("run show %d --wait".formatted(id));
        assertThat(waited.exitCode()).isEqualTo(1);
        assertThat(waited.out()).contains("is cancelled: ", "Cancelled by ann: wrong night");
        assertThat(run("run cancel %d --yes".formatted(id)).exitCode()).isEqualTo(1);
        assertThat(count("select count(*) from operator_action where action = 'cancel_run' and actor = 'ann'"))
                .isEqualTo(1);

        NIGHT.letAllRun();
        assertThat(run("run reopen %d --yes".formatted(id)).exitCode()).isZero();
        assertThat(run("run show %d --wait".formatted(id)).exitCode()).isZero();
        assertThat(count("select count(*) from processing_queue where flow_name = 'night' and status = 'completed'"
                        + " and run_id = " + id))
                .isEqualTo(5);
    }

    @Test
    void whoHasWaitedLongEnoughIsToldThatItGoesOn() {
        CommandRun run = run("run start night --param records=1 --wait --timeout 1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).containsPattern("Run (\\d+) goes on: rpa run show \\1 --wait waits for it");
    }

    @Test
    void whileOneIsUnderWayAnotherIsNotStarted() {
        long id = started("--param records=1");

        CommandRun second = run("run start night --param records=1");

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err()).startsWith("Run %d of flow night has not ended".formatted(id));
        assertThat(run("status").out()).contains("1 run is under way: %d (".formatted(id));
        assertThat(run("flow show night").out()).contains("1 run is under way: %d (".formatted(id));
    }

    @Test
    void aDryRunCountsAndAddsNothing() {
        CommandRun run = run("run start night --param records=5 --dry-run --wait");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("3 pages with 5 records, none of them added", "1, a dry run");
    }

    @Test
    void whatIsJsonIsTakenAsJsonAndAllElseAsText() {
        NIGHT.letAllRun();
        long number = started("--param records=2 --param day=2026-11-30");
        assertThat(parameters(number)).isEqualTo("{\"day\": \"2026-11-30\", \"records\": 2}");
        assertThat(run("run show %d --wait".formatted(number)).exitCode()).isZero();
        long object = started("--parameters {\"records\":0,\"day\":null}");
        assertThat(parameters(object)).isEqualTo("{\"day\": null, \"records\": 0}");
        assertThat(run("run show %d --wait".formatted(object)).exitCode()).isZero();
        long text = started("--param records=1 --param day=");
        assertThat(parameters(text)).isEqualTo("{\"day\": \"\", \"records\": 1}");
    }

    private static String parameters(long id) {
        return DB.jdbc()
                .sql("select parameters::text from processing_run where id = " + id)
                .query(String.class)
                .single();
    }

    // No handler is loaded, so that they do not fit is found by the replica that would read the first page.
    @Test
    void parametersThatDoNotFitFailTheRun() {
        CommandRun run = run("run start night --param records=many --wait");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("The parameters do not fit");
    }

    @Test
    void runsAreListedTheLastFirst() {
        NIGHT.letAllRun();
        long first = started("--param records=1");
        assertThat(run("run show %d --wait".formatted(first)).exitCode()).isZero();
        long second = started("--param records=1");
        assertThat(run("run show %d --wait".formatted(second)).exitCode()).isZero();

        CommandRun list = run("run list --flow night --limit 1");

        assertThat(list.out())
                .startsWith("ID")
                .containsPattern("(?m)^ *" + second + " +night +\\S+Z +\\S+ +1 +completed: 1 of 1 completed")
                .endsWith("There are more (--limit).\n");
        JsonNode json = run("run list --state completed --json").json();
        assertThat(json.at("/runs/0/id").asLong()).isEqualTo(second);
        assertThat(json.at("/runs/1/id").asLong()).isEqualTo(first);
        assertThat(run("run list --state queued").exitCode()).isEqualTo(3);
    }

    @Test
    void theMonitorShowsOneBeforeAllElse() {
        NIGHT.letAllRun();
        NIGHT.failing.add(1);
        long id = run("run start night --param records=2 --wait --json")
                .json()
                .path("id")
                .asLong();

        assertThat(run("monitor --run-id " + id).out())
                .startsWith("Run %d of flow night is completed with failures: 1 of 2 completed, 1 failed".formatted(id))
                .contains("\nQueue ");
        assertThat(run("monitor --details --run-id " + id).out()).contains("\n1 dead letter\n");
        JsonNode export = run("monitor --export - --run-id " + id).json();
        assertThat(export.path("run_id").asString()).isEqualTo(String.valueOf(id));
        assertThat(export.path("run_metrics").propertyNames())
                .containsExactly(
                        "run_id",
                        "status",
                        "start_time",
                        "end_time",
                        "documents_queued",
                        "documents_processed",
                        "documents_failed",
                        "documents_in_dead_letter",
                        "active_workers",
                        "peak_workers",
                        "cross_doc_relationships",
                        "total_elements",
                        "avg_document_size",
                        "throughput_docs_per_second",
                        "run");
        assertThat(export.at("/run_metrics/documents_queued").asInt()).isEqualTo(2);
        assertThat(export.at("/run_metrics/documents_processed").asInt()).isEqualTo(1);
        assertThat(export.at("/run_metrics/documents_in_dead_letter").asInt()).isEqualTo(1);
        assertThat(export.at("/run_metrics/run/records_failed").asInt()).isEqualTo(1);
        assertThat(run("monitor --run-id 4711").exitCode()).isEqualTo(3);
    }

    @Test
    void deadLettersOfOneAreListedExportedAndTriedAgainByTheOldOptions() {
        NIGHT.letAllRun();
        NIGHT.failing.addAll(List.of(1, 2));
        long id = run("run start night --param records=2 --wait --json")
                .json()
                .path("id")
                .asLong();

        assertThat(run("deadletter --list --run-id " + id).out()).contains("item-1", "item-2");
        assertThat(run("deadletter --list --run-id 4711").exitCode()).isEqualTo(3);
        JsonNode export = run("deadletter --export - --run-id " + id).json();
        assertThat(export.path("run_id_filter").asString()).isEqualTo(String.valueOf(id));
        assertThat(export.at("/items/0/run_id").asLong()).isEqualTo(id);
        NIGHT.failing.remove(1);

        assertThat(run("deadletter --retry-run %d --yes".formatted(id)).out())
                .isEqualTo("Run %d of flow night is processing, in round 2.\n".formatted(id));
        assertThat(run("run show %d --wait".formatted(id)).exitCode()).isEqualTo(3);
        NIGHT.failing.clear();
        assertThat(run("deadletter retry --run-id %d --yes".formatted(id)).out())
                .isEqualTo("1 dead letter was retried.\n");
        assertThat(run("run show %d --wait".formatted(id)).exitCode()).isZero();
        assertThat(run("deadletter --retry-run %d --yes".formatted(id)).exitCode())
                .isEqualTo(1);
        assertThat(run("deadletter retry --run-id %d --yes".formatted(id)).exitCode())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run|Say which command of run: start, list, show, cancel, retry or reopen.",
                "run strat night|There is no command strat; the nearest is start.",
                "run start night --param records|--param is KEY=VALUE, like day=2026-11-30; records is not.",
                "run start night --param a=1 --param a=2|Parameter a is given twice.",
                "run start night --parameters {\"a\":1} --param a=2|Parameter a is given twice.",
                "run start night --parameters [1]|--parameters is one JSON object, like {\"day\": \"2026-11-30\"}.",
                "run start night --parameters {|--parameters is not JSON: ",
                "run start night --timeout 3|--timeout is for --wait, from 0 to 31536000.",
                "run show 1 --wait --timeout -1|--timeout is for --wait, from 0 to 31536000.",
                "run show x|Invalid value for positional parameter at index 0 (ID): 'x' is not a long",
                "run list --state done|Parameter state is one of open, queued, discovering",
                "run list --limit 0|Parameter limit is from 1 to 200.",
                "deadletter --retry 1 --retry-run 1|Error: --retry=ID, --retry-run=RUN are mutually exclusive"
            })
    void aUsersMistakeIsAUsageErrorAndStartsNothing(String words, String said) {
        int before = count("select count(*) from processing_run");

        CommandRun run = run(words);

        assertThat(run.err()).startsWith(said);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(count("select count(*) from processing_run")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run show 4711",
                "run show 4711 --wait",
                "run cancel 4711 --yes",
                "run retry 4711 --yes",
                "run reopen 4711 --yes",
                "run list --flow other",
                "run start other",
                "deadletter --retry-run 4711"
            })
    void whatMatchesNothingEndsWithThree(String words) {
        CommandRun run = run(words);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    }
}
