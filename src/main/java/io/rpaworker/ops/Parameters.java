package io.rpaworker.ops;

import io.rpaworker.text.PostgresText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of operators' questions, and says what is wrong with one. */
public final class Parameters {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private Parameters() {}

    /** A text that has to be given. */
    public static String needed(String name, @Nullable String value) {
        String text = text(name, value);
        if (text == null) {
            throw invalid(name, "Parameter %s is missing".formatted(name));
        }
        return text;
    }

    /** A text that a column may hold; null if it is not given. */
    public static @Nullable String text(String name, @Nullable String value) {
        if (value != null && !PostgresText.canHold(value)) {
            throw invalid(name, "Parameter %s has a character that no record can have".formatted(name));
        }
        return value == null || value.isEmpty() ? null : value;
    }

    /** One of some words, which has to be given. */
    public static String oneOf(String name, @Nullable String value, String... allowed) {
        String given = needed(name, value);
        if (!List.of(allowed).contains(given)) {
            throw invalid(name, "Parameter %s is one of %s".formatted(name, String.join(", ", allowed)))
                    .with("allowed", List.of(allowed));
        }
        return given;
    }

    /** A whole number. */
    public static long number(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw invalid(name, "Parameter %s is a whole number of at most 19 digits".formatted(name));
        }
    }

    /**
     * A whole number within bounds.
     *
     * @param otherwise what it is if it is not given
     */
    public static int number(String name, @Nullable String value, int otherwise, int most) {
        if (value == null || value.isEmpty()) {
            return otherwise;
        }
        long number = number(name, value);
        if (number < 1 || number > most) {
            throw invalid(name, "Parameter %s is from 1 to %d".formatted(name, most));
        }
        return (int) number;
    }

    /** A moment, in ISO format with its zone; null if it is not given. */
    public static @Nullable Instant moment(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            Instant moment = Instant.parse(value);
            if (!moment.isBefore(FIRST) && !moment.isAfter(LAST)) {
                return moment;
            }
        } catch (DateTimeException e) {
            // Told below, as what is out of range is.
        }
        throw invalid(name, "Parameter %s is a time like 2026-11-30T05:00:00Z".formatted(name));
    }

    /** A problem with a parameter. */
    public static Problem invalid(String name, String message) {
        return new Problem(Problem.Kind.INVALID_PARAMETER, message).with("parameter", name);
    }
}
