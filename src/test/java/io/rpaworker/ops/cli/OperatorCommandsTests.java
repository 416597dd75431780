package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.cli.CommandRun.Place;
import io.rpaworker.settings.SettingsException;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Which command is meant, and what is said where none can be done. */
class OperatorCommandsTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final RpaDb NO_SCHEMA = Postgres.empty();
    private static final RpaDb OLD_SCHEMA = oldSchema();

    private static RpaDb oldSchema() {
        RpaDb db = Postgres.empty();
        Postgres.migrate(db.url(), "006");
        db.execute("grant select, insert, update, delete on all tables in schema public to rpa_worker");
        return db;
    }

    @ParameterizedTest
    @CsvSource({
        "statsu,'There is no command statsu; the nearest is status.\nrpa --help says how it is used.\n'",
        "flow lst,'There is no command lst; the nearest is list.\nrpa flow --help says how it is used.\n'",
        "status --jsno,'Unknown option: ''--jsno''\nrpa status --help says how it is used.\n'",
        "monitor --details --alerts,"
                + "'Error: --details, --alerts are mutually exclusive (specify only one)\nrpa monitor --help says how it is used.\n'",
        "flow,'Say which command of flow: list, show, pause, resume or drain.\n'",
        "record,'Say which record: its ID, or --flow and --key.\n'",
        "record x,'Parameter ID is a whole number of at most 19 digits.\n'",
        "performance --from yesterday,'Parameter from is a time like 2026-11-30T05:00:00Z.\n'",
        "deadletter --list --limit 0,'--limit is at least 1.\n'",
        "monitor --live,'--live needs a terminal; without one ask again and again, with --json for instance.\n'"
    })
    void aUsersMistakeIsAUsageError(String arguments, String said) {
        CommandRun run = CommandRun.run(DB, arguments.split(" ", -1));

        assertThat(run.err()).isEqualTo(said);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "record 4711",
                "record --flow f --key k",
                "flow show f",
                "diagnose --flow f",
                "deadletter --list",
                "deadletter groups",
                "deadletter analyze",
                "deadletter export -",
                "queue export -",
                "config --flow f",
                "config --env none",
                "migrate --dry-run"
            })
    void whatMatchesNothingEndsWithThree(String arguments) {
        CommandRun run = CommandRun.run(DB, arguments.split(" ", -1));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(run.err() + run.out()).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "monitor",
                "flow list",
                "worker list",
                "record 1",
                "deadletter",
                "performance",
                "run list",
                "run show 1 --wait",
                "run start f --wait"
            })
    void aDatabaseThatDoesNotAnswerIsTold(String command) {
        var arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.add("--spring.datasource.url=jdbc:postgresql://localhost:1/none");
        arguments.add("--spring.datasource.username=nobody");
        var out = new StringWriter();
        var err = new StringWriter();

        int exitCode =
                OperatorCommands.run(arguments, Terminal.none(new PrintWriter(out), new PrintWriter(err)), its -> {
                    throw new IllegalStateException();
                });

        assertThat(err.toString())
                .startsWith("rpa_db does not answer: Connection to localhost:1 refused.")
                .endsWith("Ask again once it does.\n")
                .hasLineCount(1);
        assertThat(out.toString()).isEmpty();
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void aSettingThatCannotBeReadIsToldAsAtAStart() {
        CommandRun run = CommandRun.run(DB, "config", "--rpa.flows.f.batch-size=many");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("rpa.flows.f.batch-size", "it is no integer")
                .doesNotContain("\tat ");
    }

    @Test
    void helpNamesEveryCommand() {
        CommandRun run = CommandRun.run(DB, "help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("status", "monitor", "deadletter", "preflight", "completion");
        assertThat(CommandRun.run(DB, "queue", "add", "--help").out()).contains("--key=FIELD");
        assertThat(CommandRun.run(DB, "--help").out()).isEqualTo(run.out());
    }

    @Test
    void optionsMayStandBeforeTheCommand() {
        for (String[] words :
                List.of(new String[] {"rpa", "--json", "worker", "list"}, new String[] {"--json", "worker", "list"})) {
            assertThat(CommandRun.run(DB, words).json().path("live").asInt()).isZero();
        }
    }

    @Test
    void completionIsAScriptThatKnowsCommandsAndOptions() {
        CommandRun run = CommandRun.run(DB, "completion");

        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("_complete_rpa", "deadletter", "--worker-limit");
    }

    @Test
    void preflightIsTheWorkersOwn() {
        CommandRun told = CommandRun.run(DB, "preflight");
        assertThat(told.exitCode()).isZero();
        assertThat(told.out()).startsWith("Preflight of rpa_db, ").endsWith("The worker would start.\n");

        JsonNode json = CommandRun.run(DB, "preflight", "--json").json();
        assertThat(json.propertyNames()).containsExactly("would_start", "findings");
        assertThat(json.path("would_start").asBoolean()).isTrue();
    }

    @Test
    void preflightSaysInJsonWhatIsInTheWay() {
        RpaDb strange = Postgres.empty();
        strange.execute("create table worker_instance (id int)");
        CommandRun refused = CommandRun.run(strange, "preflight", "--json");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.json().path("would_start").asBoolean()).isFalse();
        JsonNode finding = refused.json().path("findings").get(0);
        assertThat(finding.propertyNames()).containsExactly("verdict", "finding", "advice");
        assertThat(finding.path("verdict").asString()).isEqualTo("refused");

        CommandRun wrong = Place.at(DB)
                .withPreflight(() -> {
                    throw new SettingsException("rpa.flows.f is wrong", "Mend it.");
                })
                .run("preflight", "--json");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.json().path("findings").get(0).path("finding").asString())
                .contains("rpa.flows.f is wrong", "Mend it.");
    }

    @Test
    void aHeapThatIsTooSmallIsASentence() {
        CommandRun run = Place.at(DB)
                .withPreflight(() -> {
                    throw new OutOfMemoryError("Java heap space");
                })
                .run("preflight");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("This needs more memory than the ")
                .contains("-Xmx1g")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"deadletter --config config.yaml --list", "monitor --config=config.yaml", "queue add --config c"
            })
    void whoeverNamesAConfigurationIsToldHow(String arguments) {
        CommandRun run = CommandRun.run(DB, arguments.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("There is no --config: commands go by the worker's configuration")
                .contains("--spring.profiles.active=ENVIRONMENT", "--spring.config.additional-location=FILE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "monitor",
                "flow list",
                "flow show f",
                "flow pause f",
                "worker list",
                "record 1",
                "record cancel 1",
                "deadletter",
                "deadletter groups",
                "deadletter export -",
                "deadletter discard --all --yes",
                "performance",
                "cleanup --dry-run",
                "reset --dry-run",
                "queue add - --flow f",
                "queue export -",
                "run start f",
                "run start f --wait",
                "run list",
                "run show 1",
                "run show 1 --wait",
                "run cancel 1 --yes",
                "deadletter --retry-run 1",
                "monitor --run-id 1"
            })
    void aSchemaThatIsTooOldIsNamedWithWhatToDo(String arguments) {
        for (RpaDb db : List.of(NO_SCHEMA, OLD_SCHEMA)) {
            CommandRun run = Place.at(db).withInput("{}\n").run(arguments.split(" ", -1));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith(
                            db == NO_SCHEMA
                                    ? "rpa_db has no schema yet"
                                    : "rpa_db has schema version 006, and this program needs 0")
                    .contains("Run rpa migrate");
        }
    }
}
