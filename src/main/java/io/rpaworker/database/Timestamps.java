package io.rpaworker.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's points in time, which may be infinite: {@link Instant#MIN} and {@link Instant#MAX}. */
public final class Timestamps {

    private static final Instant FIRST = Instant.parse("-4712-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("+294276-12-31T23:59:59Z");

    private Timestamps() {}

    /** A column of a row. */
    public static @Nullable Instant find(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        if (at == null) {
            return null;
        }
        if (at.equals(OffsetDateTime.MAX)) {
            return Instant.MAX;
        }
        return at.equals(OffsetDateTime.MIN) ? Instant.MIN : at.toInstant();
    }

    /** A column that is never null. */
    public static Instant of(ResultSet row, String column) throws SQLException {
        Instant at = find(row, column);
        if (at == null) {
            throw new SQLException(column + " is null");
        }
        return at;
    }

    /** A parameter of a statement; what PostgreSQL has no date for is infinite. */
    public static OffsetDateTime parameter(Instant instant) {
        if (instant.isAfter(LAST)) {
            return OffsetDateTime.MAX;
        }
        return instant.isBefore(FIRST) ? OffsetDateTime.MIN : instant.atOffset(ZoneOffset.UTC);
    }

    /** Whether it is a date, and no end of time. */
    public static boolean isFinite(Instant instant) {
        return !instant.isAfter(LAST) && !instant.isBefore(FIRST);
    }

    /** For people: as JSON has it, or as PostgreSQL writes what is infinite. */
    public static String text(Instant instant) {
        if (isFinite(instant)) {
            return instant.toString();
        }
        return instant.isAfter(LAST) ? "infinity" : "-infinity";
    }
}
