package io.rpaworker.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Durations as people say them: {@code 0.1 s}, {@code 5 min}, {@code 1 h 30 min}. */
public final class DurationText {

    private static final Duration TENTH = Duration.ofMillis(100);

    private DurationText() {}

    /** The two largest units of a duration; seconds to a tenth, and what is shorter in whole milliseconds. */
    public static String of(Duration duration) {
        if (duration.isNegative()) {
            return "-" + of(duration.negated());
        }
        if (duration.compareTo(TENTH) < 0) {
            return duration.isZero() ? "0 s" : Math.ceilDiv(duration.toNanos(), 1_000_000) + " ms";
        }
        if (duration.toDays() > 0) {
            return two(duration.toDays(), "d", duration.toHoursPart(), "h");
        }
        if (duration.toHours() > 0) {
            return two(duration.toHours(), "h", duration.toMinutesPart(), "min");
        }
        if (duration.toMinutes() > 0) {
            return two(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
        }
        return BigDecimal.valueOf(duration.toMillis(), 3)
                        .setScale(1, RoundingMode.DOWN)
                        .stripTrailingZeros()
                        .toPlainString()
                + " s";
    }

    private static String two(long large, String unit, long small, String smaller) {
        return small == 0 ? large + " " + unit : large + " " + unit + " " + small + " " + smaller;
    }
}
