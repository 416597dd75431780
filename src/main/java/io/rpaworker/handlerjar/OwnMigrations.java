package io.rpaworker.handlerjar;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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

    /**
     * Those of a jar; empty if it brings none.
     *
     * @throws HandlerJarException if they do not lie in one folder of a name that a history may have
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
        var scripts = new TreeMap<String, String>();
        jar.scripts().forEach((file, text) -> scripts.put(file.substring(name.length() + 1), text));
        return Optional.of(new OwnMigrations(name, jar.path().toString(), scripts));
    }
}
