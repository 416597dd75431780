package io.rpaworker.bench;

import java.util.List;
import org.springframework.util.StringUtils;

/** What can be chosen with {@code -Dbench.<name>}; the defaults are in {@code pom.xml}, in its profile bench. */
final class Options {

    private Options() {}

    static String text(String name) {
        String value = System.getProperty("bench." + name);
        if (value == null) {
            throw new IllegalStateException("-Dbench.%s is missing".formatted(name));
        }
        return value;
    }

    /** What spaces part; nothing if it is blank. */
    static List<String> words(String name) {
        return List.of(StringUtils.tokenizeToStringArray(text(name), " "));
    }

    static int number(String name) {
        return Integer.parseInt(text(name));
    }

    static double fraction(String name) {
        return Double.parseDouble(text(name));
    }
}
