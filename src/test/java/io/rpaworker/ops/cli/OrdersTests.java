package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.cli.CommandRun.Place;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators order by commands, and what is written down of it. */
class OrdersTests {

    private static final RpaDb DB = Postgres.migrated();

    @BeforeEach
    void threeDeadLetters() {
        DB.emptyQueue();
        DB.insertPending("f", 4).subList(0, 3).forEach(it -> DB.fail(it, "null"));
        DB.jdbc()
                .sql("update processing_queue set failed_at = now() - interval '10 days' where id = 1")
                .update();
    }

    @Test
    void aFlowIsPausedDrainedAndResumed() {
        CommandRun pause = CommandRun.run(DB, "flow", "pause", "f", "--as", "ann", "--reason", "SurveyHub moves");

        assertThat(pause.err()).isEmpty();
        assertThat(pause.out()).isEqualTo("Flow f is paused; 0 of its records are in flight.\n");
        assertThat(CommandRun.run(DB, "status").out())
                .contains("Paused\nFLOW  SINCE ")
                .containsPattern("f +\\S+ +- +ann +SurveyHub moves");
        assertThat(CommandRun.run(DB, "flow", "drain", "f", "--wait", "1").exitCode())
                .isZero();
        assertThat(CommandRun.run(DB, "flow", "resume", "f").out()).isEqualTo("Flow f is resumed.\n");
        assertThat(CommandRun.run(DB, "flow", "resume", "f").exitCode()).isEqualTo(3);
        assertThat(actions()).startsWith("pause ann SurveyHub moves");
    }

    @Test
    void aDeadLetterIsRetriedByTheOldOption() {
        CommandRun run = CommandRun.run(DB, "deadletter", "--retry", "2");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("1 dead letter was retried.\n");
        assertThat(DB.statuses()).containsExactly("failed", "pending", "failed", "pending");
        assertThat(actions()).containsExactly("retry " + System.getProperty("user.name"));
        CommandRun again = CommandRun.run(DB, "deadletter", "--retry", "2");
        assertThat(again.exitCode()).isNotZero();
        assertThat(again.err()).isEqualTo("Record 2 is no dead letter.\n");
    }

    @Test
    void manyAreRetriedOnlyAfterAYes() {
        CommandRun asked = CommandRun.run(DB, "deadletter", "retry", "--flow", "f");

        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.err())
                .isEqualTo(
                        "3 dead letters are meant. Retry them? Say --yes: there is no terminal to ask on. Nothing was done.\n");
        CommandRun no = Place.at(DB).withInput("\n").onTerminal(80).run("deadletter", "retry", "--flow", "f");
        assertThat(no.err()).isEqualTo("3 dead letters are meant. Retry them? [y/N] Nothing was done.\n");
        assertThat(DB.count("f", "failed")).isEqualTo(3);

        assertThat(CommandRun.run(DB, "deadletter", "retry", "--flow", "f", "--yes")
                        .exitCode())
                .isZero();

        assertThat(DB.count("f", "failed")).isZero();
        assertThat(CommandRun.run(DB, "deadletter", "retry", "--flow", "f", "--yes")
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void allOfThemHaveToBeMeantInSoManyWords() {
        CommandRun run = CommandRun.run(DB, "deadletter", "retry", "--yes");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("say all");
        assertThat(CommandRun.run(DB, "deadletter", "retry", "--all", "--dry-run")
                        .out())
                .isEqualTo("3 dead letters would be retried.\n");
    }

    @Test
    void oldOnesArePurgedByTheOldOption() {
        assertThat(CommandRun.run(DB, "deadletter", "--purge", "5", "--yes").out())
                .isEqualTo("1 dead letter was deleted.\n");
        assertThat(DB.statuses()).hasSize(3);
        assertThat(CommandRun.run(DB, "deadletter", "discard", "2", "--yes").exitCode())
                .isZero();
        assertThat(DB.statuses()).hasSize(2);
    }

    // Read by nobody, they would delete what was not meant.
    @Test
    void whatStandsBeforeACommandsCommandIsRefused() {
        for (List<String> words : List.of(
                List.of("deadletter", "--flow", "other", "purge", "0", "--yes"),
                List.of("deadletter", "--kind", "poison", "discard", "--all", "--yes"),
                List.of("deadletter", "--list", "discard", "--all", "--yes"),
                List.of("record", "--flow", "f", "cancel", "4"),
                List.of("record", "5", "cancel", "4"))) {
            CommandRun run = CommandRun.run(DB, words.toArray(String[]::new));

            assertThat(run.exitCode()).as("%s", words).isEqualTo(2);
            assertThat(run.err()).contains("is to stand behind it");
        }
        for (List<String> words : List.of(
                List.of("deadletter", "--purge", "0", "--limit", "1", "--yes"),
                List.of("deadletter", "--analyze", "--details"),
                List.of("record", "4", "--timeout", "3"),
                List.of("record", "4", "--wait", "--timeout", "9999999999"))) {
            assertThat(CommandRun.run(DB, words.toArray(String[]::new)).exitCode())
                    .as("%s", words)
                    .isEqualTo(2);
        }
        assertThat(DB.statuses()).containsExactly("failed", "failed", "failed", "pending");
        assertThat(actions()).isEmpty();
        // What all commands have may stand anywhere.
        assertThat(CommandRun.run(DB, "deadletter", "--json", "--as", "ann", "list")
                        .exitCode())
                .isZero();
    }

    @Test
    void nobodyOrdersWithoutAName() {
        CommandRun run = CommandRun.run(DB, "flow", "pause", "f", "--as", " ");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Say who orders it, with --as NAME");
        assertThat(actions()).isEmpty();
    }

    @Test
    void aRecordIsCancelledPostponedAndHurried() {
        assertThat(CommandRun.run(DB, "record", "postpone", "4", "--until", "2099-01-01T00:00:00Z")
                        .out())
                .isEqualTo("Record 4 is postponed until 2099-01-01T00:00:00Z.\n");
        assertThat(CommandRun.run(DB, "record", "run-now", "4").out()).isEqualTo("Record 4 is pending.\n");
        assertThat(CommandRun.run(DB, "record", "cancel", "4").out()).isEqualTo("Record 4 is cancelled.\n");
        assertThat(CommandRun.run(DB, "record", "cancel", "4").exitCode()).isEqualTo(1);
        assertThat(CommandRun.run(DB, "record", "cancel", "4711").exitCode()).isEqualTo(3);
    }

    @Test
    void theOldMaintenanceIsTwoCommands() {
        DB.insert("f", "processing", 2);
        DB.jdbc()
                .sql(
                        "update processing_queue set claimed_at = now() - interval '3 hours', flow_instance_id = 'python' where status = 'processing'")
                .update();

        assertThat(CommandRun.run(DB, "cleanup", "--dry-run").out())
                .startsWith("2 records would be made pending again.");
        assertThat(CommandRun.run(DB, "cleanup", "--yes").out()).startsWith("2 records are pending again.");
        assertThat(CommandRun.run(DB, "reset", "--max-retries", "2", "--yes").out())
                .startsWith("3 records are pending again.");
        assertThat(CommandRun.run(DB, "reset").exitCode()).isEqualTo(3);
    }

    private static List<String> actions() {
        return DB.jdbc()
                .sql("select rtrim(action || ' ' || actor || ' ' || reason) from operator_action order by id")
                .query(String.class)
                .list();
    }
}
