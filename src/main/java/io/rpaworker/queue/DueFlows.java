package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.util.Collection;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Asks for all idle flows at once whether anything is due, so that an idle replica sends one statement and not many.
 */
@Component
public class DueFlows {

    private static final String DUE = """
            select flow
            from unnest(cast(:flows as text[])) as idle (flow)
            where exists (
                select from processing_queue
                where flow_name = idle.flow and claimed_at is null and available_at <= now())
            """;

    private static final String LISTENING = """
            update worker_instance set listening = :listening where id = :id and listening <> :listening
            """;

    private final JdbcClient jdbc;

    DueFlows(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of the flows that have a record which may be claimed now. */
    public Set<String> among(Collection<String> flows) {
        return jdbc.sql(DUE)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .query(String.class)
                .set();
    }

    /** Says whether inserting statements should wake this replica up. */
    public void listening(Replica replica, boolean listening) {
        jdbc.sql(LISTENING)
                .param("id", replica.id())
                .param("listening", listening)
                .update();
    }
}
