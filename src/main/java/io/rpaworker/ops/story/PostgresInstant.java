package io.rpaworker.ops.story;

import io.rpaworker.database.Timestamps;
import java.time.Instant;
import tools.jackson.databind.util.StdConverter;

/** A time in JSON: ISO in UTC, or {@code infinity} as PostgreSQL says it. */
final class PostgresInstant extends StdConverter<Instant, String> {

    @Override
    public String convert(Instant instant) {
        return Timestamps.text(instant);
    }
}
