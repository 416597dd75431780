package io.rpaworker.database;

import java.net.URI;
import java.net.URISyntaxException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Looks at a JDBC URL before any driver does, and says what is wrong with it. The URL itself is never told: where it is
 * wrong it may hold a password in any place, and the drivers' own messages quote it.
 */
public final class JdbcUrl {

    // What a URL begins with, if it is one at all.
    private static final Pattern SCHEME = Pattern.compile("(?i)(jdbc:[a-z][a-z0-9+-]*:(//)?|[a-z][a-z0-9+-]*://)");
    // A name, or an address of IPv6.
    private static final Pattern ADDRESS = Pattern.compile("^(\\[[^]]*]|[^:]*)");

    // Blanks of all kinds, those that come with copying and that nobody sees too.
    private static final Pattern SURROUNDED =
            Pattern.compile("[\\s\\p{Z}\\p{Cf}].*|.*[\\s\\p{Z}\\p{Cf}]", Pattern.DOTALL);
    // A host is looked for in vain for minutes, and the server's answer quotes what it was asked for.
    private static final Pattern NO_HOST = Pattern.compile("[\\s;<>{}&=]");

    private JdbcUrl() {}

    /**
     * Checks where rpa_db is said to be.
     *
     * @param property who says so
     * @throws JdbcUrlException if no connection can come of it
     */
    public static void checkRpaDb(String property, @Nullable String url) {
        String fault = fault(url);
        if (fault == null && url != null) {
            fault = url.startsWith(Kind.POSTGRESQL.prefix)
                    ? Kind.POSTGRESQL.fault(url)
                    : foreign(url, "rpa_db is PostgreSQL, and JDBC's URL of one begins with jdbc:postgresql:");
        }
        refuse(property, url, fault, Kind.POSTGRESQL);
    }

    public static void checkSurveyHub(String property, String url) {
        String fault = fault(url);
        if (fault == null) {
            if (url.startsWith(Kind.POSTGRESQL.prefix)) {
                fault = Kind.POSTGRESQL.fault(url);
            } else if (url.startsWith(Kind.SQL_SERVER.prefix)) {
                fault = Kind.SQL_SERVER.fault(url);
            } else {
                fault = hasDriver(url) ? null : foreign(url, "The worker has no driver for that");
            }
        }
        refuse(property, url, fault, Kind.SQL_SERVER);
    }

    private static void refuse(String property, @Nullable String url, @Nullable String fault, Kind kind) {
        if (fault != null) {
            String group = property.substring(0, property.lastIndexOf('.'));
            throw new JdbcUrlException("%s %s.".formatted(property, fault), """
                            Set it to %s, without quotation marks: as the variable %s, or as the file %s under \
                            /run/secrets/rpa. User and password go into %s and %s.password, in either of these two \
                            ways.""".formatted(
                            meant(url, kind).orElse(kind.form),
                            property.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"),
                            property,
                            group + (group.equals("spring.flyway") ? ".user" : ".username"),
                            group));
        }
    }

    private static @Nullable String fault(@Nullable String url) {
        if (url == null) {
            return "is not set";
        }
        if (url.isBlank()) {
            return "is empty";
        }
        if (SURROUNDED.matcher(url).matches()) {
            return "begins or ends with a blank or a line's end";
        }
        return isQuote(url.charAt(0)) || isQuote(url.charAt(url.length() - 1))
                ? "begins or ends with a quotation mark"
                : null;
    }

    private static boolean isQuote(char letter) {
        return "\"'`“”‘’".indexOf(letter) >= 0;
    }

    private static String foreign(String url, String why) {
        Matcher scheme = SCHEME.matcher(url);
        return (scheme.lookingAt() ? "begins with %s".formatted(scheme.group()) : "is no JDBC URL") + ". " + why;
    }

    // The same place in JDBC's words, if nothing in it can be a password.
    private static Optional<String> meant(@Nullable String url, Kind kind) {
        if (kind != Kind.POSTGRESQL || url == null || !url.matches("(jdbc:)?postgres(ql)?://.*")) {
            return Optional.empty();
        }
        try {
            var uri = new URI(url.replaceFirst("^jdbc:", ""));
            boolean sure = uri.getHost() != null && url.indexOf('@') == url.lastIndexOf('@');
            return sure && uri.getPath().matches("/[\\w.-]+")
                    ? Optional.of("jdbc:postgresql://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                            + uri.getPath() + (uri.getQuery() == null ? "" : "?..."))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean hasDriver(String url) {
        try {
            return DriverManager.getDriver(url) != null;
        } catch (SQLException e) {
            return false;
        }
    }

    private enum Kind {
        POSTGRESQL("jdbc:postgresql:", "jdbc:postgresql://HOST:5432/DATABASE", Pattern.compile("[/?]")),
        SQL_SERVER("jdbc:sqlserver:", "jdbc:sqlserver://HOST:1433;databaseName=DATABASE", Pattern.compile(";"));

        private final String prefix;
        private final String form;
        private final Pattern afterHost;

        Kind(String prefix, String form, Pattern afterHost) {
            this.prefix = prefix;
            this.form = form;
            this.afterHost = afterHost;
        }

        @Nullable
        String fault(String url) {
            String rest = url.substring(prefix.length());
            if (rest.startsWith("//")) {
                String hosts = afterHost.split(rest.substring(2), 2)[0];
                if (hosts.contains("@")) {
                    return "has a user or a password before the host, where the driver reads none";
                }
                if (NO_HOST.matcher(hosts).find()) {
                    return "has a blank, or another character that no host's name has";
                }
                if (Stream.of(hosts.split(",", -1)).anyMatch(Kind::hasBadPort)) {
                    return "has a port that is no number from 1 to 65535";
                }
                if (this == POSTGRESQL && !rest.substring(2).contains("/") && !hosts.isEmpty()) {
                    return "names no database";
                }
            }
            String fault = this == POSTGRESQL ? faultOfPostgreSql(rest) : null;
            return fault != null || isRead(url) ? fault : "cannot be read by the driver";
        }

        private static @Nullable String faultOfPostgreSql(String rest) {
            String place = rest.split("\\?", 2)[0];
            if (!place.startsWith("//") && place.matches(".*[:/].*")) {
                return "has no // before its host";
            }
            if (place.matches(".*[;&=].*")) {
                return "has parameters, but no ? before them";
            }
            return rest.matches(".*\\?.*[^&]password=.*") ? "has password= within another parameter" : null;
        }

        private static boolean hasBadPort(String host) {
            String port = ADDRESS.matcher(host).replaceFirst("");
            return !port.isEmpty() && !(port.matches(":[0-9]{1,5}") && isPort(Integer.parseInt(port.substring(1))));
        }

        private static boolean isPort(int number) {
            return number >= 1 && number <= 65_535;
        }

        private boolean isRead(String url) {
            return this == POSTGRESQL ? Driver.parseURL(url, new Properties()) != null : hasDriver(url);
        }
    }
}
