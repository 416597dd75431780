package io.rpaworker.local;

import java.time.Duration;
import java.util.Locale;

/**
 * What became of the records.
 *
 * @param completed how many are done
 * @param failed how many are dead letters
 * @param took from the moment when the last record was in the queue to the moment when none was left to do
 */
record Summary(long completed, long failed, Duration took) {

    long records() {
        return completed + failed;
    }

    /** The program's last line, for scripts. */
    String exitLine() {
        return String.format(
                Locale.ROOT,
                "completed=%d failed=%d seconds=%.3f records_per_second=%.0f",
                completed,
                failed,
                seconds(),
                perSecond());
    }

    /** For people. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%,d records: %,d completed, %,d failed, in %.1f s (%,.0f records/s)",
                records(),
                completed,
                failed,
                seconds(),
                perSecond());
    }

    private double seconds() {
        return took.toNanos() / 1e9;
    }

    private double perSecond() {
        return took.isZero() ? 0 : records() / seconds();
    }
}
