package io.rpaworker.database;

import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.postgresql.PGProperty;

/**
 * Looks for properties that PostgreSQL's driver does not know: it would leave them unread, and a mistyped
 * {@code sslmode} the connection open to all. Classes that the driver is told to load may read others.
 */
final class DriverProperties {

    private static final Set<String> LOADING =
            Set.of("socketFactory", "sslfactory", "authenticationPluginClassName", "connectExecutor");

    private DriverProperties() {}

    /**
     * Checks the properties in a URL, and those beside it.
     *
     * @param property who says the URL
     * @param beside as {@code spring.datasource.hikari.data-source-properties} has them
     * @throws JdbcUrlException if the driver does not know one
     */
    static void check(String property, String url, Properties beside) {
        List<String> within = Stream.of(url.replaceFirst("[^?]*\\??", "").split("&", -1))
                .map(it -> it.replaceFirst("=.*", ""))
                .filter(it -> !it.isEmpty())
                .toList();
        if (!url.startsWith("jdbc:postgresql:")
                || Stream.concat(within.stream(), beside.stringPropertyNames().stream())
                        .anyMatch(LOADING::contains)) {
            return;
        }
        for (int i = 0; i < within.size(); i++) {
            // An ampersand in a password begins another parameter.
            refuseUnknown(property, within.get(i), url.contains("password") ? "parameter " + (i + 1) : within.get(i));
        }
        beside.stringPropertyNames()
                .forEach(it -> refuseUnknown("spring.datasource.hikari.data-source-properties", it, it));
    }

    private static void refuseUnknown(String where, String name, String shown) {
        if (PGProperty.forName(name) == null) {
            String meant = Stream.of(PGProperty.values())
                    .map(PGProperty::getName)
                    .filter(name::equalsIgnoreCase)
                    .findFirst()
                    .map(it -> "Write it as %s.".formatted(it))
                    .orElse("Correct it, or take it out; the driver's documentation has all names.");
            throw new JdbcUrlException(
                    "%s has %s, which PostgreSQL's driver does not know.".formatted(where, shown), meant);
        }
    }
}
