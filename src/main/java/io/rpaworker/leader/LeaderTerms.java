package io.rpaworker.leader;

import io.rpaworker.database.RpaDbPools;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says who leads. */
@Component
public class LeaderTerms {

    private static final String CURRENT = """
            select holder, term from leader_term where name::text = 'chores' and expires_at > clock_timestamp()
            """;

    private final JdbcClient jdbc;

    LeaderTerms(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A term that holds.
     *
     * @param holder the replica's id
     * @param term its number; it grows each time that somebody takes the lead
     */
    public record LeaderTerm(String holder, long term) {}

    /** The term that holds now; empty if nobody leads. */
    public Optional<LeaderTerm> current() {
        return jdbc.sql(CURRENT).query(LeaderTerm.class).optional();
    }
}
