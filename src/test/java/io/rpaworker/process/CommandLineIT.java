package io.rpaworker.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands as processes of the jar: what a shell sees of them. */
class CommandLineIT {

    private static final RpaDb DB = Postgres.migrated();

    @TempDir
    Path folder;

    private record Ended(int exitCode, String out, String err) {}

    @Test
    void statusAnswersAndNothingElseIsSaid() throws Exception {
        Ended status = run("$RPA status $DB");

        assertThat(status.err()).isEmpty();
        assertThat(status.out()).startsWith("0 records: ").doesNotContain("\u001b");
        assertThat(status.exitCode()).isZero();
    }

    @Test
    void anUnknownWordStartsNoWorker() throws Exception {
        Ended mistyped = run("$RPA statsu $DB");

        assertThat(mistyped.exitCode()).isEqualTo(2);
        assertThat(mistyped.err()).startsWith("There is no command statsu; the nearest is status.");
    }

    @Test
    void aDatabaseThatIsNotThereIsOneSentence() throws Exception {
        Ended status = run("$RPA status --spring.datasource.url=jdbc:postgresql://localhost:1/none");

        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.err()).startsWith("rpa_db does not answer: ").hasLineCount(1);
        assertThat(status.out()).isEmpty();
    }

    @Test
    void whoeverReadsMayStopReading() throws Exception {
        DB.insertPending("f", 5_000);

        Ended head = run("$RPA queue export - $DB | head -1");

        assertThat(head.out()).hasLineCount(1).contains("\"payload\":{\"n\": 1}");
        assertThat(head.err()).doesNotContain("Exception", "\tat ");
    }

    private Ended run(String script) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        var builder = new ProcessBuilder(
                        "bash",
                        "-c",
                        script.replace("$RPA", "\"$JAVA\" -XX:TieredStopAtLevel=1 -jar \"$JAR\"")
                                .replace(
                                        "$DB",
                                        "--spring.datasource.url=\"$URL\" --spring.datasource.username=rpa_worker"))
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment()
                .put(
                        "JAVA",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("JAR", System.getProperty("rpa.exec-jar"));
        builder.environment().put("URL", DB.url());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
