package io.rpaworker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * The worker taken apart and trained, as in its image.
 *
 * @param folder where to start it
 * @param java of this process
 */
record Image(Path folder, Path java) {

    /** As in the Dockerfile, where the heap depends on the memory limit. */
    static final List<String> JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    // Beyond the Dockerfile: a cache that cannot be used would otherwise only make the start slower.
    private static final List<String> CACHE = List.of("-XX:AOTCache=app.aot", "-XX:AOTMode=on");

    /** Takes the worker apart and trains it, unless that was done for the same jar and options before. */
    static Image of(Setup setup) throws IOException, InterruptedException {
        var image = new Image(setup.folder().resolve("image"), setup.java());
        Path made = image.folder.resolve("made-of");
        String from = setup.worker() + " " + Files.getLastModifiedTime(setup.worker()) + " "
                + Files.size(setup.worker()) + " " + String.join(" ", jvm());
        if (!Files.exists(made) || !Files.readString(made).equals(from)) {
            image.takeApart(setup);
            image.train(setup);
            Files.writeString(made, from);
        }
        return image;
    }

    /** The command that starts it with its cache, or without. */
    List<String> command(boolean cached, String... options) {
        var command = new ArrayList<String>();
        command.add(java.toString());
        command.addAll(jvm());
        command.addAll(List.of(options));
        if (cached) {
            command.addAll(CACHE);
        }
        command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-jar", "application.jar"));
        return command;
    }

    private static List<String> jvm() {
        String chosen = Options.text("jvm");
        return chosen.isBlank() ? JVM : List.of(chosen.split(" "));
    }

    private void takeApart(Setup setup) throws IOException, InterruptedException {
        FileSystemUtils.deleteRecursively(folder);
        Path build = Files.createDirectories(folder.resolve("build"));
        Files.copy(setup.worker(), build.resolve("application.jar"));
        setup.run(
                List.of(
                        java.toString(),
                        "-Djarmode=tools",
                        "-jar",
                        "application.jar",
                        "extract",
                        "--layers",
                        "--destination",
                        "extracted"),
                build);
        try (Stream<Path> layers = Files.list(build.resolve("extracted"))) {
            for (Path layer : layers.toList()) {
                FileSystemUtils.copyRecursively(layer, folder);
            }
        }
    }

    private void train(Setup setup) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(java.toString());
        command.addAll(jvm());
        command.addAll(List.of(
                "-XX:AOTCacheOutput=app.aot",
                "-Dspring.context.exit=onRefresh",
                "-jar",
                "application.jar",
                "--spring.flyway.enabled=false",
                "--spring.datasource.url=jdbc:postgresql://localhost:1/none",
                "--spring.datasource.hikari.initialization-fail-timeout=-1"));
        setup.run(command, folder);
    }
}
