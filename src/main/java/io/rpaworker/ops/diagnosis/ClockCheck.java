package io.rpaworker.ops.diagnosis;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether this process's clock and PostgreSQL's show the same time. No decision of the worker's rests on it; logs do.
 */
@Component
class ClockCheck implements Check {

    static final Kind DIFFERENCE = Kind.warning("clock-difference");

    private static final String NOW = "select clock_timestamp()";

    private final JdbcClient jdbc;
    private final DiagnosisProperties properties;
    private final InstantSource clock;

    @Autowired
    ClockCheck(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, DiagnosisProperties properties) {
        this(jdbc, properties, InstantSource.system());
    }

    ClockCheck(JdbcClient jdbc, DiagnosisProperties properties, InstantSource clock) {
        this.jdbc = jdbc;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public List<Finding> look(Scene scene) {
        Instant before = clock.instant();
        Instant theirs = jdbc.sql(NOW).query(OffsetDateTime.class).single().toInstant();
        Instant after = clock.instant();
        // It was read at some time in between.
        Duration ahead = theirs.isBefore(before)
                ? Duration.between(theirs, before)
                : theirs.isAfter(after) ? Duration.between(theirs, after) : Duration.ZERO;
        if (ahead.abs().compareTo(properties.clockDifference()) <= 0) {
            return List.of();
        }
        return List.of(DIFFERENCE
                .found(
                        "This replica's clock is %d s %s of PostgreSQL's"
                                .formatted(
                                        Math.round(ahead.abs().toMillis() / 1000.0),
                                        ahead.isNegative() ? "behind" : "ahead"),
                        "Have both machines set their clocks by NTP (timedatectl, chronyc tracking): times in logs and"
                                + " traces do not fit together. Records are safe.")
                .with("ahead_seconds", ahead.toMillis() / 1000.0));
    }
}
