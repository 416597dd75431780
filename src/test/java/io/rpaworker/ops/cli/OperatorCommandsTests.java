package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Which command is meant, and what is said where none can be done. */
class OperatorCommandsTests {

    private static final RpaDb DB = Postgres.migrated();

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
    @ValueSource(strings = {"status", "monitor", "flow list", "worker list", "record 1", "deadletter", "performance"})
    void aDatabaseThatDoesNotAnswerIsTold(String command) {
        var arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.add("--spring.datasource.url=jdbc:postgresql://localhost:1/none");
        arguments.add("--spring.datasource.username=nobody");
        var out = new StringWriter();
        var err = new StringWriter();

        int exitCode =
                OperatorCommands.run(arguments, Terminal.none(new PrintWriter(out), new PrintWriter(err)), its -> 7);

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
    void optionsMayStandBeforeTheCommandWhereTheNameStandsBeforeThem() {
        assertThat(CommandRun.run(DB, "rpa", "--json", "worker", "list")
                        .json()
                        .path("live")
                        .asInt())
                .isZero();
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
        assertThat(CommandRun.run(DB, "preflight").exitCode()).isEqualTo(7);
    }
}
