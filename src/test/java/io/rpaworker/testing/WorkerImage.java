package io.rpaworker.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.DigestUtils;
import org.springframework.util.FileSystemUtils;

/**
 * The worker taken apart and trained, as in its image.
 *
 * @param folder what was taken apart and the cache
 * @param jvm options that its training had, and each start has
 */
public record WorkerImage(Path folder, List<String> jvm) {

    /** As in the Dockerfile, where the heap depends on the memory limit. */
    public static final List<String> JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /**
     * Takes the worker apart and trains it, unless that was done for the same jar and options before.
     *
     * @param jar the executable one
     * @param folder emptied first
     */
    public static WorkerImage of(Path jar, Path folder, List<String> jvm) {
        var image = new WorkerImage(folder, jvm);
        try {
            Path made = folder.resolve("made-of");
            // Its content: builds that can be repeated give each jar the same time.
            String from = md5(jar) + " " + String.join(" ", jvm);
            if (!Files.exists(made) || !Files.readString(made).equals(from)) {
                FileSystemUtils.deleteRecursively(folder);
                image.takeApart(jar);
                image.train();
                Files.writeString(made, from);
            }
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command that starts it in any working directory, with its cache, or without. */
    public List<String> command(boolean cached, List<String> options) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(jvm);
        command.addAll(options);
        if (cached) {
            // Beyond the Dockerfile: a cache that cannot be used would otherwise only make the start slower.
            command.addAll(List.of("-XX:AOTCache=" + cache(), "-XX:AOTMode=on"));
        }
        command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-jar", application()));
        return command;
    }

    private void takeApart(Path jar) throws IOException {
        Path build = Files.createDirectories(folder.resolve("build"));
        // The name by which the parts are put together again.
        Path named = Files.copy(jar, build.resolve("application.jar"));
        Path parts = build.resolve("extracted");
        run(List.of(
                java(),
                "-Djarmode=tools",
                "-jar",
                named.toString(),
                "extract",
                "--layers",
                "--destination",
                parts.toString()));
        try (Stream<Path> layers = Files.list(parts)) {
            for (Path layer : layers.toList()) {
                FileSystemUtils.copyRecursively(layer, folder);
            }
        }
    }

    private void train() throws IOException {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(jvm);
        command.addAll(List.of(
                "-XX:AOTCacheOutput=" + cache(),
                "-Dspring.context.exit=onRefresh",
                "-jar",
                application(),
                "--spring.flyway.enabled=false",
                "--spring.datasource.url=jdbc:postgresql://localhost:1/none",
                "--spring.datasource.hikari.initialization-fail-timeout=-1"));
        run(command);
    }

    private void run(List<String> command) throws IOException {
        Path console = folder.resolve("console.txt");
        int code = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start()
                .onExit()
                .join()
                .exitValue();
        if (code != 0) {
            throw new IllegalStateException(
                    "%s has ended with %d: %s".formatted(command, code, Files.readString(console)));
        }
    }

    private static String md5(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return DigestUtils.md5DigestAsHex(content);
        }
    }

    private String application() {
        return folder.resolve("application.jar").toString();
    }

    private String cache() {
        return folder.resolve("app.aot").toString();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
