package io.rpaworker.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class DockerfileTests {

    private final Dockerfile dockerfile = Dockerfile.read();

    @TempDir
    Path folder;

    DockerfileTests() throws IOException {}

    @Test
    void runsAsTheUserThatTheChartNames() throws IOException {
        Map<String, Map<String, Object>> values =
                new Yaml().load(Files.readString(Path.of("helm/rpa-worker/values.yaml")));
        var context = requireNonNull(values.get("podSecurityContext"));

        assertThat(dockerfile.last("USER"))
                .containsExactly("%s:%s".formatted(context.get("runAsUser"), context.get("runAsGroup")));
    }

    @Test
    void isTheFirstProcessItself() {
        // A shell in between would keep SIGTERM to itself.
        assertThat(dockerfile.entryPoint()).startsWith("java").endsWith("-jar", "application.jar");
        assertThat(dockerfile.last("STOPSIGNAL")).containsExactly("SIGTERM");
        assertThat(dockerfile.all("CMD")).isEmpty();
    }

    @Test
    void hasTheOptionsThatTheChartSaysItHas() throws IOException {
        assertThat(Files.readString(Path.of("helm/rpa-worker/values.yaml")))
                .contains("# " + dockerfile.environment().get("JDK_JAVA_OPTIONS") + "\njavaOptions: \"\"\n");
    }

    @Test
    void hasThePortsAndTheMountPointsOfTheChart() throws IOException {
        String deployment = Files.readString(Path.of("helm/rpa-worker/templates/deployment.yaml"));

        assertThat(dockerfile.last("EXPOSE"))
                .allSatisfy(port -> assertThat(deployment).contains("containerPort: " + port));
        assertThat(List.of("config", "handlers"))
                .allSatisfy(folder -> assertThat(deployment)
                        .contains("mountPath: " + dockerfile.last("WORKDIR").getFirst() + "/" + folder + "\n"));
    }

    @Test
    void takesNothingButTheExecutableJarFromTheWorkTree() throws IOException {
        assertThat(Files.readAllLines(Path.of(".dockerignore")).stream().filter(it -> !it.startsWith("#")))
                .containsExactly("*", "!target/rpa-worker-*-exec.jar");
        assertThat(dockerfile.all("COPY").filter(it -> !it.getFirst().equals("--from=layers")))
                .containsExactly(List.of("target/rpa-worker-*-exec.jar", "application.jar"));
    }

    @Test
    void theCommandLineStartsWithTheCacheThatIsMadeForIt() {
        String text = dockerfile
                .all("RUN")
                .map(it -> String.join(" ", it))
                .filter(it -> it.contains("rpa.aot"))
                .reduce("", (a, b) -> a + "\n" + b);

        assertThat(text)
                .contains("-XX:AOTCacheOutput=/app/rpa.aot")
                .contains("exec java -XX:AOTCache=/app/rpa.aot")
                .contains("> /usr/local/bin/rpa");
        // A cache is of no use to a JVM with other options, or with another path to the jar.
        String options = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -jar /app/application.jar rpa";
        assertThat(text.split(Pattern.quote(options), -1)).hasSize(3);
    }

    // It would read another config/ otherwise, or do without the trust store that the worker needs.
    @Test
    void theCommandLineRunsWhereTheWorkerDoesAndHasItsProperties() throws Exception {
        Path app = Files.createDirectory(folder.resolve("app"));
        Path rpa = folder.resolve("rpa");
        script("sh", "-c", commandThatWrites("/usr/local/bin/rpa", rpa).replaceAll("/app\\b", app.toString()));
        Path java = Files.writeString(
                folder.resolve("java"), "#!/bin/sh\npwd\necho \"[$JDK_JAVA_OPTIONS]\"\nprintf '%s\\n' \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        List<String> said = script("sh", rpa.toString(), "queue", "add", "a b.csv");

        assertThat(said)
                .startsWith(app.toString(), "[]")
                .contains("-Djavax.net.ssl.trustStore=/etc/ours", "-Dcalled.from=" + folder, "-Xmx256m")
                .doesNotContain("-Xmx2g", "-XX:MaxRAMPercentage=75")
                .endsWith("rpa", "queue", "add", "a b.csv");
    }

    private static String commandThatWrites(String from, Path to) throws IOException {
        return Files.readString(Path.of("Dockerfile"))
                .replace("\\\n", "")
                .lines()
                .filter(it -> it.contains("> " + from))
                .map(it -> it.substring("RUN ".length(), it.indexOf("&&")).replace(from, to.toString()))
                .findFirst()
                .orElseThrow();
    }

    private List<String> script(String... command) throws Exception {
        Path output = folder.resolve("output.txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment()
                .put("JDK_JAVA_OPTIONS", "-XX:MaxRAMPercentage=75 -Djavax.net.ssl.trustStore=/etc/ours -Xmx2g");
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        List<String> said = Files.readAllLines(output);
        assertThat(process.exitValue()).as("%s", said).isZero();
        return said;
    }
}
