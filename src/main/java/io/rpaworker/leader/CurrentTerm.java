package io.rpaworker.leader;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says who leads, or who did last. */
@Component
public class CurrentTerm {

    // Who resigns leaves an infinite date, which PostgreSQL cannot subtract before version 17.
    private static final String FIND = """
            select holder::text, term, case when taken_term = term then taken_at end as taken_at,
                   expires_at >= clock_timestamp() as held,
                   case when isfinite(expires_at)
                       then extract(epoch from clock_timestamp() - expires_at)::double precision end as seconds
            from leader_term
            where name::text = 'chores'
            """;

    private final JdbcClient jdbc;

    CurrentTerm(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The last term of the leadership over the chores.
     *
     * @param holder whose it is or was
     * @param term its number
     * @param takenAt when it began, by PostgreSQL's clock; null if its holder's release does not say
     * @param held whether it goes on
     * @param over how long ago it ended, by PostgreSQL's clock; null while it goes on, and if its holder resigned
     */
    public record LastTerm(
            String holder,
            long term,
            @Nullable Instant takenAt,
            boolean held,
            @Nullable Duration over) {}

    /** The last one; empty if nobody has ever led. */
    public Optional<LastTerm> find() {
        return jdbc.sql(FIND)
                .query((row, rowNumber) -> {
                    boolean held = row.getBoolean("held");
                    double seconds = row.getDouble("seconds");
                    Duration over = row.wasNull() || held ? null : Duration.ofMillis((long) (seconds * 1000));
                    return new LastTerm(
                            row.getString("holder"), row.getLong("term"), Timestamps.find(row, "taken_at"), held, over);
                })
                .optional();
    }
}
