package io.rpaworker.handlerjar;

import static java.util.stream.Collectors.partitioningBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/**
 * The folder that handlers' jars are dropped into: {@code handlers} in the working directory, or whatever the setting
 * {@code rpa.handlers}, the variable {@code RPA_HANDLERS}, names.
 */
final class JarFolder {

    private static final Logger log = LoggerFactory.getLogger(JarFolder.class);

    private static final String SETTING = "rpa.handlers";
    private static final String DEFAULT = "handlers";

    private JarFolder() {}

    /**
     * The jars in it, by name; none if there is no such folder and nobody has named one.
     *
     * @throws HandlerJarException if the named folder does not exist, or if a file can be no jar
     */
    static List<Path> jars(Environment environment) {
        String named = environment.getProperty(SETTING);
        Path folder = Path.of(named == null || named.isBlank() ? DEFAULT : named.strip());
        if (!Files.isDirectory(folder)) {
            boolean isNamed = named != null && !named.isBlank();
            if (isNamed || Files.exists(folder)) {
                throw new HandlerJarException(
                        "The handlers folder %s %s"
                                .formatted(folder, Files.exists(folder) ? "is a file" : "does not exist"),
                        "Make the folder, or name another one by RPA_HANDLERS or --%s.".formatted(SETTING));
            }
            return List.of();
        }
        refuseSeparator(folder);
        try (Stream<Path> files = Files.list(folder)) {
            Map<Boolean, List<Path>> byName = files.sorted().collect(partitioningBy(JarFolder::isNamedAsJar));
            List<Path> jars = Objects.requireNonNull(byName.get(true));
            jars.forEach(JarFolder::refuseWhatIsNone);
            tell(folder, Objects.requireNonNull(byName.get(false)));
            return jars;
        } catch (IOException e) {
            throw new UncheckedIOException("The handlers folder %s cannot be read".formatted(folder), e);
        }
    }

    // Java's own sign in the addresses of what is in a jar: it would look for the jar elsewhere, and find no class.
    private static void refuseSeparator(Path folder) {
        if ((folder.toAbsolutePath() + "/").contains("!/")) {
            throw new HandlerJarException(
                    "The handlers folder %s lies in a folder whose name ends with !".formatted(folder.toAbsolutePath()),
                    "Rename that folder: Java cannot read a jar in it.");
        }
    }

    // Hidden are what volumes of Kubernetes are made of; the local run has its tables in *.sql.
    private static void tell(Path folder, List<Path> others) {
        List<Path> passedOver = others.stream()
                .map(Path::getFileName)
                .filter(it -> !it.toString().startsWith(".") && !it.toString().endsWith(".sql"))
                .filter(it -> !it.toString().equals("lost+found"))
                .toList();
        if (!passedOver.isEmpty()) {
            log.warn(
                    "The handlers folder {} has what is no jar and is passed over: {}. A jar lies in the folder itself, and"
                            + " its name ends with .jar",
                    folder,
                    passedOver);
        }
    }

    private static boolean isNamedAsJar(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar");
    }

    private static void refuseWhatIsNone(Path file) {
        if (file.getFileName().toString().startsWith("._")) {
            throw new HandlerJarException(
                    file + " is no jar: macOS keeps such files beside those that it copies",
                    "Delete it: rm '%s'".formatted(file));
        }
        if (!Files.isRegularFile(file)) {
            throw new HandlerJarException(
                    file + (Files.isDirectory(file) ? " is a folder, no jar" : " leads to no file"),
                    "Put the jar itself into the folder, or delete this.");
        }
        if (!Files.isReadable(file)) {
            throw new HandlerJarException(
                    file + " may not be read by this process",
                    "Give its user the right to read it: chmod a+r '%s'".formatted(file));
        }
    }
}
