package io.rpaworker.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** Does what the Dockerfile does: a worker that could not be put into an image fails here, where there is no engine. */
class DockerfileIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @TempDir
    Path build;

    @TempDir
    Path app;

    @Test
    void theCacheIsMadeWithoutADatabaseAndIsTheOneThatTheWorkerStartsWith() throws Exception {
        var dockerfile = Dockerfile.read();
        takeApart(dockerfile);

        List<String> training = dockerfile.commandWith("-XX:AOTCacheOutput");
        Map<String, String> environment = dockerfile.environment();
        assertThat(run(app, environment, training)).contains("AOTCache creation is complete: app.aot");

        // Mode "on" refuses to start rather than to do without the cache.
        var start = new ArrayList<>(dockerfile.entryPoint());
        start.addAll(1, List.of("-XX:AOTMode=on", "-Xlog:aot", "-Dspring.context.exit=onRefresh"));
        training.stream().filter(it -> it.startsWith("--")).forEach(start::add);
        assertThat(run(app, environment, start)).contains("Using AOT-linked classes: true");
    }

    private void takeApart(Dockerfile dockerfile) throws Exception {
        Files.copy(Path.of(System.getProperty("rpa.exec-jar")), build.resolve("application.jar"));
        run(build, Map.of(), dockerfile.commandWith("-Djarmode"));

        List<Path> layers = dockerfile
                .all("COPY")
                .filter(it -> it.getFirst().equals("--from=layers"))
                .map(it -> Path.of("/build").relativize(Path.of(it.get(1))))
                .map(build::resolve)
                .toList();
        assertThat(layers).hasSize(4);
        for (Path layer : layers) {
            FileSystemUtils.copyRecursively(layer, app);
        }
    }

    private static String run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        var ours = new ArrayList<>(command);
        assertThat(ours.getFirst()).isEqualTo("java");
        ours.set(0, JAVA.toString());
        File output = directory.resolve("output.txt").toFile();
        var builder = new ProcessBuilder(ours)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output.toPath());
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
