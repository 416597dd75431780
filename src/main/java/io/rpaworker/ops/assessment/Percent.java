package io.rpaworker.ops.assessment;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Shares in percent, and how figures are told. */
final class Percent {

    private Percent() {}

    /** A share; 0 of nothing. */
    static double of(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }

    /** To two decimals, as the old system told most figures. */
    static double rounded(double value) {
        return BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP).doubleValue();
    }

    /** For a sentence. */
    static String text(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
