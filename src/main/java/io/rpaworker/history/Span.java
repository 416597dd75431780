package io.rpaworker.history;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** For how long a time statistics are kept together, of UTC, and how long they are kept. */
public enum Span {
    MINUTE(ChronoUnit.MINUTES, Duration.ofHours(2)),
    HOUR(ChronoUnit.HOURS, Duration.ofDays(14)),
    DAY(ChronoUnit.DAYS, Duration.ofDays(400));

    private final ChronoUnit unit;
    private final Duration kept;

    Span(ChronoUnit unit, Duration kept) {
        this.unit = unit;
        this.kept = kept;
    }

    /** The last beginning of one that is not after an instant. */
    Instant floor(Instant instant) {
        return instant.truncatedTo(unit);
    }

    /** The first beginning of one that is not before an instant. */
    Instant ceiling(Instant instant) {
        Instant floor = floor(instant);
        return floor.equals(instant) ? floor : floor.plus(unit.getDuration());
    }

    /** Whether those that begin with an instant are still there. */
    boolean reaches(Instant from, Instant now) {
        return !from.isBefore(now.minus(kept));
    }

    /** For how long they are kept. */
    Duration kept() {
        return kept;
    }

    /** As the table has it. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
