package io.rpaworker.control;

import io.rpaworker.database.RpaDbPools;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes down who did what to records: the only insert into {@code operator_action}. */
@Component
public class AuditLog {

    private static final String NOTE = """
            insert into operator_action (actor, reason, action, flow_name, details, records)
            values (:actor, :reason, :action, :flow, cast(:details as jsonb), :records)
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    AuditLog(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Writes down an action, to be called in the transaction that does it: both are there or neither is.
     *
     * @param actor who asked for it, and why
     * @param flow whose records; null for those of any flow
     * @param details what was asked for, written as JSON
     * @param records how many were changed
     */
    public void note(Actor actor, String action, @Nullable String flow, Object details, int records) {
        jdbc.sql(NOTE)
                .param("actor", actor.name())
                .param("reason", actor.reason())
                .param("action", action)
                .param("flow", flow)
                .param("details", json.writeValueAsString(details))
                .param("records", records)
                .update();
    }
}
