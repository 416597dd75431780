package io.rpaworker.control;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads who has done what. */
@Component
public class ActionLog {

    // By the primary key, backwards: the table grows by what people do.
    private static final String LATEST = """
            select id, at, actor, action, flow_name, reason, details::text as details, records
            from operator_action
            where id < :before and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
            order by id desc
            limit :limit
            """;

    private final JdbcClient jdbc;

    ActionLog(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What somebody did.
     *
     * @param at when, by PostgreSQL's clock
     * @param flow whose records; null for those of any flow
     * @param reason in his words; empty if he gave none
     * @param details what was asked for, as JSON
     * @param records how many were changed
     */
    public record Action(
            long id,
            Instant at,
            String actor,
            String action,
            @Nullable String flow,
            String reason,
            String details,
            long records) {}

    /**
     * The latest actions, the last first.
     *
     * @param flow only those on this flow; null for all
     * @param before only those with a smaller id
     */
    public List<Action> latest(@Nullable String flow, long before, int limit) {
        return jdbc.sql(LATEST)
                .param("flow", flow)
                .param("before", before)
                .param("limit", limit)
                .query((row, rowNumber) -> new Action(
                        row.getLong("id"),
                        Timestamps.of(row, "at"),
                        row.getString("actor"),
                        row.getString("action"),
                        row.getString("flow_name"),
                        row.getString("reason"),
                        row.getString("details"),
                        row.getLong("records")))
                .list();
    }
}
