package io.rpaworker.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.HandlerJar;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project of docs/sample-handler works as its README says. */
class SampleHandlerIT {

    private static final Path README = Path.of("docs", "sample-handler", "README.md");
    private static final Path SOURCES = Path.of("docs", "sample-handler", "src", "main", "java");
    private static final Path RESOURCES = Path.of("docs", "sample-handler", "src", "main", "resources");

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();

    @Test
    void aHandlerFromAnotherRepositoryIsPickedUpAndWorks() throws IOException, InterruptedException {
        for (String name : List.of("Ada", "Grace", "nobody", " ")) {
            insert(name);
        }
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(folder.resolve("config/application-trial.yml"), "rpa.flows.greeting.enabled: true\n");
        var builder = WorkerProcess.in(folder, db.url()).packed().property("spring.profiles.active", "trial");
        compileInto(builder.handlers().resolve("greeting-handler.jar"));

        try (var worker = builder.start()) {
            worker.until(
                    "all have ended",
                    () -> db.count("greeting", "completed") == 2 && db.count("greeting", "failed") == 2);
            startTheRunOfTheReadme();
        }

        assertThat(db.column(1, "payload ->> 'result'", String.class)).isEqualTo("Hello, Ada");
        assertThat(db.jdbc()
                        .sql("select text from greeting order by record_id")
                        .query(String.class)
                        .list())
                .containsExactly("Hello, Ada", "Hello, Grace", "Hello, Alan", "Hello, Barbara");
        assertThat(db.jdbc()
                        .sql("select entry from guest_book")
                        .query(String.class)
                        .list())
                .containsExactly("Greeted 2 of 2");
        assertThat(db.column(3, "error_message", String.class)).isEqualTo("There is nobody to greet");
        assertThat(db.column(4, "error_message", String.class))
                .isEqualTo("Payload is not valid: name must not be blank");
    }

    private void startTheRunOfTheReadme() throws IOException, InterruptedException {
        String command = Files.readAllLines(README).stream()
                .filter(it -> it.startsWith("rpa run start "))
                .findFirst()
                .orElseThrow();
        Path said = folder.resolve("said.txt");
        var builder = new ProcessBuilder(
                        "bash",
                        "-c",
                        "rpa() { \"$JAVA\" -jar \"$JAR\" \"$@\"; }; " + command + " \"$0\" \"$1\"",
                        "--spring.datasource.url=" + db.url(),
                        "--spring.datasource.username=postgres")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment()
                .put(
                        "JAVA",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("JAR", System.getProperty("rpa.exec-jar"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    }

    // As in the README, but without Maven: against the jar for authors and what it depends on.
    private void compileInto(Path jar) throws IOException {
        Path classes = Files.createDirectory(folder.resolve("classes"));
        var problems = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.walk(SOURCES)) {
            boolean compiled = compiler.getTask(
                            problems,
                            files,
                            null,
                            List.of(
                                    "-parameters",
                                    "-Xlint:all,-processing",
                                    "-Werror",
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    classPath()),
                            null,
                            files.getJavaFileObjectsFromPaths(
                                    sources.filter(Files::isRegularFile).toList()))
                    .call();
            assertThat(compiled).as(problems.toString()).isTrue();
        }
        Path migrations = Path.of("rpa-migration", "greeting");
        Files.createDirectories(classes.resolve(migrations));
        try (Stream<Path> scripts = Files.list(RESOURCES.resolve(migrations))) {
            for (Path script : scripts.toList()) {
                Files.copy(script, classes.resolve(migrations).resolve(script.getFileName()));
            }
        }
        HandlerJar.of(classes, classes, jar);
    }

    private static String classPath() {
        String separator = System.getProperty("path.separator");
        String libraries = Stream.of(System.getProperty("java.class.path").split(separator, -1))
                .filter(it -> it.endsWith(".jar"))
                .reduce((one, other) -> one + separator + other)
                .orElse("");
        return System.getProperty("rpa.handler-jar") + separator + libraries;
    }

    private void insert(String name) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " values ('greeting', jsonb_build_object('name', :name))")
                .param("name", name)
                .update();
    }
}
