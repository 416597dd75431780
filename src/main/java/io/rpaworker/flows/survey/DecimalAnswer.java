package io.rpaworker.flows.survey;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells which answers are numbers: those in plain decimal notation, such as {@code 42}, {@code -3} or {@code 3.50},
 * white space around them aside.
 *
 * <p>Not an exponent ({@code 1e999999999} would take gigabytes to add up), no thousands separators or decimal commas
 * (their meaning depends on a country that SurveyHub does not name), no {@code NaN}, no hexadecimal, no digits but 0 to
 * 9. Longer than 38 digits is text too: no number that SQL Server can hold.
 */
final class DecimalAnswer {

    // Sign, digits and point. Asked first, so that a long text costs nothing.
    private static final int LONGEST = 40;
    private static final int MOST_DIGITS = 38;
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)");

    private DecimalAnswer() {}

    static @Nullable BigDecimal parse(String answer) {
        String text = answer.strip();
        if (text.length() > LONGEST || !DECIMAL.matcher(text).matches()) {
            return null;
        }
        long digits = text.chars().filter(c -> c >= '0' && c <= '9').count();
        return digits <= MOST_DIGITS ? new BigDecimal(text) : null;
    }
}
