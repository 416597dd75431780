package io.rpaworker.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.cli.CommandRun.Place;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records into the queue, and out of it. */
class QueueCommandTests {

    private static final RpaDb DB = Postgres.migrated();

    @TempDir
    Path folder;

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @Test
    void aFileOfJsonLinesIsAddedInItsOrder() throws IOException {
        Path file = file("records.jsonl", numbers(1, 2_500));

        CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("2,500 records were added to flow f in ");
        assertThat(payloads()).hasSize(2_500).startsWith("{\"n\": 1}").endsWith("{\"n\": 2500}");
        assertThat(AddedSoFar.beside(file)).doesNotExist();
    }

    @Test
    void csvIsAddedFromStandardInput() {
        CommandRun run = Place.at(DB)
                .withInput("id,n:json\na,1\nb,2\n")
                .run("queue", "add", "-", "--flow", "f", "--format", "csv", "--key", "id", "--json");

        assertThat(run.json().path("added").asInt()).isEqualTo(2);
        assertThat(payloads()).containsExactly("{\"n\": 1, \"id\": \"a\"}", "{\"n\": 2, \"id\": \"b\"}");
        assertThat(keys()).containsExactly("a", "b");
    }

    // Whoever mends it begins anew, without a word on what was never added.
    @Test
    void aFileOfWhichNothingWasAddedBeginsWithItsFirstRecord() throws IOException {
        Path file = file("records.jsonl", "{\"n\": 1}\n{\"n\": \n");
        assertThat(CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f")
                        .err())
                .contains("Line 2 of ", "Nothing was added.");

        Files.writeString(file, numbers(1, 2));

        assertThat(CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f")
                        .exitCode())
                .isZero();
        assertThat(payloads()).hasSize(2);
    }

    @Test
    void aHeadingThatNamesAFieldTwiceIsRefused() {
        CommandRun run =
                Place.at(DB).withInput("a,a\n1,2\n").run("queue", "add", "-", "--flow", "f", "--format", "csv");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("Line 1 of standard input: two columns of the heading have the same name.");
    }

    @Test
    void aFileThatIsNotUtf8IsNamed() throws IOException {
        Path file = folder.resolve("latin.csv");
        Files.write(file, "name\nM\u00fcller\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

        CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("it is not UTF-8. Nothing was added.");
    }

    // Yesterday's is better than none.
    @Test
    void anExportOfNothingLeavesTheFileThatIsThere() throws IOException {
        Path file = file("export.jsonl", "yesterday's");

        assertThat(CommandRun.run(DB, "queue", "export", file.toString(), "--yes")
                        .exitCode())
                .isEqualTo(3);
        assertThat(CommandRun.run(DB, "deadletter", "export", file.toString(), "--yes")
                        .exitCode())
                .isEqualTo(3);
        assertThat(CommandRun.run(DB, "queue", "export", file.toString(), "--status", "dead", "--yes")
                        .exitCode())
                .isEqualTo(2);

        assertThat(file).hasContent("yesterday's");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void onlyItsOwnerMayReadAnExport() throws IOException {
        DB.insertPending("f", 1);
        Path file = folder.resolve("export.jsonl");

        CommandRun.run(DB, "queue", "export", file.toString());

        assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatTheFlowHasByItsKeyIsNotAddedAgain() {
        Place place = Place.at(DB).withInput("{\"id\": \"a\"}\n{\"id\": \"b\"}\n");

        place.run("queue", "add", "-", "--flow", "f", "--key", "id");
        CommandRun again = place.run("queue", "add", "-", "--flow", "f", "--key", "id");

        assertThat(again.out()).contains("0 records were added", "2 were not: the flow has their keys already.");
        assertThat(keys()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"n\": 1",
                "[1]",
                "nothing",
                "{\"n\": \"\\u0000\"}",
                "{\"n\": 1} {\"n\": 2}",
                "{\"payload\": {\"n\": 1}, \"key\": \"a\"}{\"payload\": {\"n\": 2}, \"key\": \"b\"}",
                "{\"payload\": {}, \"available_at\": \"soon\"}"
            })
    void aBadLineIsNamedAndNothingBehindTheLastBatchIsAdded(String bad) throws IOException {
        Path file = file("records.jsonl", numbers(1, 25) + "\n" + bad + "\n" + numbers(27, 30));

        CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f", "--batch", "10");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("Line 26 of " + file + ": ")
                .contains("20 records before it were added; mend it, and go on with --skip 20.")
                .doesNotContain("\tat ");
        assertThat(payloads()).hasSize(20);
    }

    @Test
    void whatWasBrokenOffGoesOnWhereItWas() throws IOException {
        Path file = file("records.jsonl", numbers(1, 30));
        keep(file, 20);

        CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f", "--batch", "10");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEqualTo("Goes on behind record 20.\n");
        assertThat(run.out()).contains("10 records were added", "20 had been added before.");
        assertThat(payloads()).first().isEqualTo("{\"n\": 21}");
    }

    @Test
    void aFileThatHasChangedSinceIsNotGoneOnWith() throws IOException {
        Path file = file("records.jsonl", numbers(1, 30));
        keep(file, 20);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));

        CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("20 records of " + file + " were added to flow f, but the file has changed since");
        assertThat(payloads()).isEmpty();
    }

    @Test
    void aFlowIsNeeded() {
        CommandRun run = CommandRun.run(DB, "queue", "add", "-");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("""
                Missing required option: '--flow=FLOW'
                rpa queue add --help says how it is used.
                """);
    }

    @Test
    void aFileThatIsNotThereIsAFailure() {
        CommandRun run =
                CommandRun.run(DB, "queue", "add", folder.resolve("none").toString(), "--flow", "f");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo(folder.resolve("none") + " cannot be read: there is no such file or folder.\n");
    }

    @Test
    void whatIsExportedCanBeAddedAgain() throws IOException {
        DB.insertPending("f", 250);
        DB.insertPending("other", 10);
        DB.jdbc()
                .sql("update processing_queue set record_key = 'k' || id where flow_name = 'f'")
                .update();
        Path file = folder.resolve("out.jsonl");

        CommandRun run = CommandRun.run(DB, "queue", "export", file.toString(), "--flow", "f");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEqualTo("250 records were written.\n");
        List<String> before = payloads();
        DB.emptyQueue();
        CommandRun again = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");
        assertThat(again.err()).isEmpty();
        assertThat(payloads()).isEqualTo(before.subList(0, 250));
        assertThat(keys()).hasSize(250).startsWith("k1");
    }

    // In none its key would keep another record of the flow away, and with it.
    @Test
    void whatIsExportedOfARunIsAddedToNone() throws IOException {
        DB.insertPending("f", 2);
        DB.execute("update processing_queue set run_id = 7, run_key = 'item-1' where id = 1");
        Path file = folder.resolve("out.jsonl");

        CommandRun.run(DB, "queue", "export", file.toString(), "--flow", "f");

        assertThat(Files.readAllLines(file))
                .satisfiesExactly(
                        it -> assertThat(it)
                                .contains("\"key\":null,", ",\"run_id\":7,\"run_key\":\"item-1\",\"payload\":"),
                        it -> assertThat(it).contains("\"key\":null,").doesNotContain("run_"));
        List<String> before = payloads();
        DB.emptyQueue();
        CommandRun again = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");
        assertThat(again.err()).isEmpty();
        assertThat(payloads()).isEqualTo(before);
        assertThat(DB.jdbc()
                        .sql("select count(*) from processing_queue where run_id is null and run_key is null")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void onlyRecordsInAStatusAreExported() {
        DB.insertPending("f", 3);
        DB.insert("f", "completed", 2);

        CommandRun run = CommandRun.run(DB, "queue", "export", "-", "--status", "completed");

        assertThat(run.out().lines())
                .hasSize(2)
                .allMatch(it -> it.contains("\"status\":\"completed\",\"available_at\""));
        assertThat(CommandRun.run(DB, "queue", "export", "-", "--flow", "none").exitCode())
                .isEqualTo(3);
    }

    @Test
    void aFileThatIsThereIsNotWrittenOverUnasked() throws IOException {
        DB.insertPending("f", 1);
        Path file = file("out.jsonl", "mine");

        CommandRun run = CommandRun.run(DB, "queue", "export", file.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("Write over it? Say --yes: there is no terminal to ask on. Nothing was done.");
        assertThat(file).hasContent("mine");
        assertThat(Place.at(DB)
                        .withInput("n\n")
                        .onTerminal(80)
                        .run("queue", "export", file.toString())
                        .exitCode())
                .isEqualTo(1);
        assertThat(Place.at(DB)
                        .withInput("y\n")
                        .onTerminal(80)
                        .run("queue", "export", file.toString())
                        .exitCode())
                .isZero();
        assertThat(file).content().contains("\"payload\":{\"n\": 1}");
    }

    @Test
    void whatIsExportedKeepsItsTimeAndIsAddedToNoOtherFlow() throws IOException {
        DB.insertPending("f", 3);
        DB.execute("update processing_queue set available_at = '2099-01-02T03:04:05.678901Z' where id = 1");
        DB.execute("update processing_queue set available_at = 'infinity' where id = 2");
        Path file = folder.resolve("out.jsonl");
        CommandRun.run(DB, "queue", "export", file.toString());
        List<String> before = times();
        DB.emptyQueue();

        CommandRun other = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "g");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).isEqualTo("Line 1 of " + file + ": it is of flow f, not g. Nothing was added.\n");

        assertThat(CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f")
                        .err())
                .isEmpty();
        assertThat(times()).isEqualTo(before);
    }

    @Test
    void whatWasProcessedIsAddedAgainOnlyWhereThatIsMeant() throws IOException {
        DB.insert("f", "completed", 2);
        Path file = folder.resolve("out.jsonl");
        CommandRun.run(DB, "queue", "export", file.toString());

        CommandRun asked = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");
        assertThat(asked.exitCode()).isEqualTo(1);
        assertThat(asked.err()).contains("Line 1 of " + file + ": it is completed, and would be processed again");

        assertThat(CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f", "--any-status")
                        .exitCode())
                .isZero();
        assertThat(DB.count("f", "pending")).isEqualTo(2);
    }

    @Test
    void twoProcessesDoNotAddTheSameFile() throws IOException {
        Path file = file("records.jsonl", numbers(1, 30));
        try (AddedSoFar theirs = AddedSoFar.of(file, "f")) {
            theirs.keep(10);

            CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("Another process is adding " + file + " at this moment. Nothing was added.\n");
            assertThat(payloads()).isEmpty();
        }
        assertThat(CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f")
                        .out())
                .contains("20 records were added", "10 had been added before");
    }

    @Test
    void whereNoNoteCanBeWrittenItIsSaidWhatToDo() throws IOException {
        Path file = file("records.jsonl", numbers(1, 3));
        Files.createDirectory(AddedSoFar.beside(file));

        CommandRun run = CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith(AddedSoFar.beside(file) + ", which is to say how far it has come, cannot be written: ")
                .contains("Nothing was added.", "rpa queue add - < " + file);
        assertThat(payloads()).isEmpty();
    }

    @Test
    void noNoteIsLeftWhereNothingWasAdded() throws IOException {
        Path file = file("records.jsonl", "{");

        assertThat(CommandRun.run(DB, "queue", "add", file.toString(), "--flow", "f")
                        .exitCode())
                .isEqualTo(1);
        assertThat(AddedSoFar.beside(file)).doesNotExist();
    }

    private static void keep(Path file, long records) {
        try (AddedSoFar soFar = AddedSoFar.of(file, "f")) {
            soFar.keep(records);
        }
    }

    private static List<String> times() {
        return DB.jdbc()
                .sql("select available_at::text from processing_queue order by id")
                .query(String.class)
                .list();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static String numbers(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj("{\"n\": %d}"::formatted)
                .collect(Collectors.joining("\n"));
    }

    private static List<String> payloads() {
        return DB.jdbc()
                .sql("select payload::text from processing_queue order by id")
                .query(String.class)
                .list();
    }

    private static List<String> keys() {
        return DB.jdbc()
                .sql("select record_key from processing_queue order by id")
                .query(String.class)
                .list();
    }
}
