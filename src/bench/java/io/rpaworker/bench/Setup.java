package io.rpaworker.bench;

import io.rpaworker.testing.WorkerImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where things are.
 *
 * @param java of this process
 * @param classPath of this process, for the Java peers
 * @param worker the executable jar
 * @param folder of this benchmark's files; emptied by {@code mvn clean}
 */
record Setup(Path java, String classPath, Path worker, Path folder) {

    static Setup ofThisProcess() throws IOException {
        Path folder =
                Path.of(System.getProperty("bench.folder", "target/bench")).toAbsolutePath();
        Files.createDirectories(folder);
        return new Setup(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Path.of(System.getProperty("rpa.exec-jar")).toAbsolutePath(),
                folder);
    }

    /** A program that may be missing on this machine. */
    static Optional<Path> program(String name) {
        try (Stream<Path> versions = Files.isDirectory(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            var folders = Stream.concat(
                    Stream.of(System.getenv("PATH").split(":", -1)).map(Path::of),
                    versions.map(it -> it.resolve("bin")));
            return folders.map(it -> it.resolve(name))
                    .filter(Files::isExecutable)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The worker as its image holds it. */
    WorkerImage image() {
        List<String> chosen = Options.words("jvm");
        return WorkerImage.of(worker, folder.resolve("image"), chosen.isEmpty() ? WorkerImage.JVM : chosen);
    }

    /** Runs a program to its end and answers with what it has printed. */
    String run(List<String> command, Path in) throws IOException, InterruptedException {
        return run(command, in, Map.of());
    }

    /** Likewise, with more in its environment. */
    String run(List<String> command, Path in, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path console = Files.createTempFile(folder, "run", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(console.toFile());
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        String printed = Files.readString(console);
        Files.delete(console);
        if (code != 0) {
            throw new IllegalStateException("%s has ended with %d: %s".formatted(command, code, printed));
        }
        return printed;
    }
}
