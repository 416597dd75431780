package io.rpaworker.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The executable jar, started by a Java that is too old for the worker. */
class OldJavaIT {

    private static final String JAR = System.getProperty("rpa.exec-jar");

    @Test
    void isToldInOneLineByTheJavaThatMavenRunsOn() throws Exception {
        Path home = Path.of(System.getProperty("rpa.mavens-java"));
        var release = new Properties();
        try (InputStream file = Files.newInputStream(home.resolve("release"))) {
            release.load(file);
        }
        String version = requireNonNull(release.getProperty("JAVA_VERSION")).replaceAll("\"|[.].*", "");
        assumeThat(Integer.parseInt(version)).isBetween(17, 24);

        Process process = new ProcessBuilder(home.resolve("bin/java").toString(), "-jar", JAR)
                .redirectErrorStream(true)
                .start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                .isEqualTo("rpa-worker needs Java 25 or later; this is %s (%s)".formatted(version, home));
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void canReadWhatIsStartedFirst() throws Exception {
        try (var jar = new JarFile(JAR)) {
            String start = jar.getManifest().getMainAttributes().getValue("Start-Class");
            var entry = jar.getEntry("BOOT-INF/classes/" + start.replace('.', '/') + ".class");
            try (InputStream bytes = jar.getInputStream(entry)) {
                // The class file's version: 61 is that of Java 17.
                assertThat(bytes.readNBytes(8)).endsWith(0, 61);
            }
        }
    }
}
