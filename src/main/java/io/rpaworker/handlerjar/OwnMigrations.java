package io.rpaworker.handlerjar;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The migrations that a jar brings for its own tables.
 *
 * @param name what the jar calls their history, by the folder that they are in
 * @param jar the file that they come in, for people
 * @param scripts their texts by their file names, for Flyway
 */
public record OwnMigrations(String name, String jar, Map<String, String> scripts) {

    /** Where they are in a jar; below it is the folder that has their name. */
    static final String FOLDER = "rpa-migration/";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,29}");

    // All others Flyway passes over without a word, and version 0, which is where a history begins.
    private static final Pattern VERSIONED = Pattern.compile("V(?![0._]+__)[0-9]+([._][0-9]+)*__.+\\.sql(\\.conf)?");
    private static final Pattern REPEATABLE = Pattern.compile("R__.+\\.sql(\\.conf)?");
    private static final Pattern CALLBACK = Pattern.compile("(before|after)[A-Z][A-Za-z]*(__.+)?\\.sql");

    /**
     * Those of a jar, or of a library; empty if it brings none.
     *
     * @throws HandlerJarException if they do not lie in one folder of a name that a history may have, or if one would
     *     not be run
     */
    static Optional<OwnMigrations> of(HandlerJarFile jar) {
        if (jar.scripts().isEmpty()) {
            return Optional.empty();
        }
        Set<String> names = jar.scripts().keySet().stream()
                .map(file -> file.contains("/") ? file.substring(0, file.indexOf('/')) : "")
                .collect(Collectors.toSet());
        String name = names.iterator().next();
        if (names.size() > 1 || !NAME.matcher(name).matches()) {
            throw new HandlerJarException(
                    "%s has migrations under %s that no history can be kept of: %s"
                            .formatted(jar.path(), FOLDER, jar.scripts().keySet()),
                    "Put them into one folder, %s<name>/, whose name has 1 to 30 lower case letters, digits and _."
                            .formatted(FOLDER));
        }
        List<String> neverRun = jar.scripts().keySet().stream()
                .filter(file -> !isRun(file.substring(file.lastIndexOf('/') + 1)))
                .toList();
        if (!neverRun.isEmpty()) {
            throw new HandlerJarException(
                    "%s has files under %s that would not be run: %s".formatted(jar.path(), FOLDER, neverRun),
                    "Name a migration V<version>__<what>.sql, with a version above 0, or R__<what>.sql if it runs again"
                            + " whenever it has changed; leave other files out of the folder.");
        }
        var scripts = new TreeMap<String, String>();
        jar.scripts().forEach((file, text) -> scripts.put(file.substring(name.length() + 1), text));
        return Optional.of(new OwnMigrations(name, jar.path().toString(), scripts));
    }

    private static boolean isRun(String name) {
        return Stream.of(VERSIONED, REPEATABLE, CALLBACK)
                .anyMatch(it -> it.matcher(name).matches());
    }
}
