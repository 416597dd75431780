package io.rpaworker.handlerjar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What is in a jar of the handlers folder.
 *
 * @param path where it is
 * @param version what it says of itself; null if it says nothing
 * @param classes the files of its classes that the worker has not itself
 * @param autoConfigurations the classes that it names as auto-configurations and the worker has not itself
 * @param ignored its files that configure a Spring application, which the worker is not configured by
 * @param scripts its own migrations, by their names from {@link OwnMigrations#FOLDER} on
 */
record HandlerJarFile(
        Path path,
        @Nullable String version,
        List<String> classes,
        List<String> autoConfigurations,
        List<String> ignored,
        Map<String, String> scripts) {

    private static final String CLASS = ".class";
    private static final String IMPORTS =
            "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports";

    // What begins each class file: 0xCAFEBABE, the minor and the major version.
    private static final int HEADER_BYTES = 8;
    private static final int MAJOR_OF_JAVA_1 = 44;

    /**
     * Reads a jar whole, so that one that is cut off or damaged is found at the start.
     *
     * @throws HandlerJarException if it is none, or was not built to be a handler's jar
     */
    static HandlerJarFile read(Path path) {
        try (var jar = new JarFile(path.toFile())) {
            return new Reading(path, jar).all();
        } catch (IOException | IllegalArgumentException | SecurityException e) {
            throw new HandlerJarException(
                    "%s cannot be read as a jar: %s".formatted(path, e.getMessage()),
                    "It is empty, cut off or damaged. Build or copy it again, under another name first and then by mv,"
                            + " so that no start meets half of it.",
                    e);
        }
    }

    /** Whether this class is one of them, or nested in one. */
    boolean isAutoConfiguration(String className) {
        return autoConfigurations.contains(className.replaceFirst("\\$.*", ""));
    }

    String name() {
        return path.getFileName().toString();
    }

    String text() {
        return path + (version == null ? "" : " " + version);
    }

    private static final class Reading {

        private final Path path;
        private final JarFile jar;
        private final ClassLoader worker = HandlerJarFile.class.getClassLoader();
        private final List<String> classes = new ArrayList<>();
        private final List<String> ignored = new ArrayList<>();
        private final Map<String, String> scripts = new TreeMap<>();
        private List<String> imports = List.of();
        private @Nullable String version;

        private Reading(Path path, JarFile jar) {
            this.path = path;
            this.jar = jar;
        }

        private HandlerJarFile all() throws IOException {
            Manifest manifest = jar.getManifest();
            version = manifest == null
                    ? null
                    : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (!entry.isDirectory()) {
                    try (var content = new CheckedInputStream(jar.getInputStream(entry), new CRC32())) {
                        read(entry.getName(), content);
                        content.transferTo(OutputStream.nullOutputStream());
                        if (content.getChecksum().getValue() != entry.getCrc()) {
                            throw new ZipException("invalid CRC of " + entry.getName());
                        }
                    }
                }
            }
            return new HandlerJarFile(path, version, classes, imports, ignored, scripts);
        }

        private void read(String name, InputStream content) throws IOException {
            if (name.startsWith("BOOT-INF/") || name.startsWith("WEB-INF/")) {
                throw new HandlerJarException(
                        "%s was repackaged as an application: its classes are under %s"
                                .formatted(path, name.substring(0, name.indexOf('/') + 1)),
                        "Take the plain jar: the file that spring-boot-maven-plugin has renamed to *.jar.original, or"
                                + " remove its goal repackage from the handler's build.");
            }
            if (name.endsWith(CLASS) && !name.startsWith("META-INF/") && !name.endsWith("module-info.class")) {
                readClass(name, content);
            } else if (name.equals(IMPORTS)) {
                // A fat jar's may be Spring Boot's, which configure an application.
                imports = lines(content).stream()
                        .filter(it -> worker.getResource(it.replace('.', '/') + CLASS) == null)
                        .toList();
            } else if (name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties") && version == null) {
                var pom = new Properties();
                pom.load(content);
                version = pom.getProperty("version");
            } else if (name.startsWith(OwnMigrations.FOLDER) && !name.contains("/.")) {
                scripts.put(name.substring(OwnMigrations.FOLDER.length()), script(name, content));
            } else if (configuresAnApplication(name)) {
                ignored.add(name);
            }
        }

        private void readClass(String name, InputStream content) throws IOException {
            boolean workersOwn = worker.getResource(name) != null;
            if (workersOwn && name.startsWith("io/rpaworker/")) {
                throw new HandlerJarException(
                        "%s has classes of rpa-worker itself, such as %s".formatted(path, className(name)),
                        "Give the dependency on rpa-worker the scope provided, and leave it out of a shaded jar.");
            }
            byte[] header = content.readNBytes(HEADER_BYTES);
            int java = header.length < HEADER_BYTES
                    ? 0
                    : (Byte.toUnsignedInt(header[6]) << 8 | Byte.toUnsignedInt(header[7])) - MAJOR_OF_JAVA_1;
            if (java > Runtime.version().feature()) {
                throw new HandlerJarException(
                        "%s is compiled for Java %d, such as its class %s; the worker runs on Java %d"
                                .formatted(
                                        path,
                                        java,
                                        className(name),
                                        Runtime.version().feature()),
                        "Compile it with maven.compiler.release=%d."
                                .formatted(Runtime.version().feature()));
            }
            // What a fat jar has of Spring's is not what runs.
            if (!workersOwn) {
                classes.add(name);
            }
        }

        private static boolean configuresAnApplication(String name) {
            return Stream.of(
                            "application[^/]*\\.(properties|ya?ml)",
                            "bootstrap\\.(properties|ya?ml)",
                            "config/.*\\.(properties|ya?ml)",
                            "logback[^/]*\\.xml",
                            "log4j2?[^/]*\\.(xml|properties|ya?ml)",
                            "META-INF/spring\\.factories",
                            "db/migration/.+")
                    .anyMatch(name::matches);
        }

        private static List<String> lines(InputStream content) throws IOException {
            return text(content)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }

        // An umlaut of another encoding would come out as something else.
        private String script(String name, InputStream content) throws IOException {
            byte[] bytes = content.readAllBytes();
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new HandlerJarException(
                        "%s has a migration that is no UTF-8: %s".formatted(path, name), "Save it as UTF-8.", e);
            }
        }

        private static String text(InputStream content) throws IOException {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static String className(String file) {
        return file.substring(0, file.length() - CLASS.length()).replace('/', '.');
    }
}
