package io.rpaworker.queue;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Writes down who did what to records, in the transaction that does it. */
final class OperatorActions {

    private static final String NOTE = """
            insert into operator_action (actor, action, flow_name, details, records)
            values (:actor, :action, :flow, cast(:details as jsonb), :records)
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    OperatorActions(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void note(String actor, String action, DeadLetterFilter filter, int records) {
        @Nullable String flow = filter.flow();
        jdbc.sql(NOTE)
                .param("actor", actor)
                .param("action", action)
                .param("flow", flow)
                .param("details", json.writeValueAsString(filter))
                .param("records", records)
                .update();
    }
}
