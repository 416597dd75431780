package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.lease.WorkerInstance;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Asks for all idle flows at once whether anything is due, so that an idle replica sends one statement and not many.
 */
@Component
public class DueFlows {

    // What lies before the lower bound are dead rows, which stay for as long as a session anywhere holds an old
    // snapshot, and would be read again each time. The first of each flow, and not whether there is any: that may be
    // planned as a join with all that waits, where statistics are of a moment when little did.
    private static final String DUE = """
            select date_part('epoch', now()), array(
                select flow
                from unnest(cast(:flows as text[]), cast(:notBefore as timestamptz[])) as idle (flow, not_before)
                where (
                    select available_at from processing_queue
                    where flow_name::text = idle.flow
                      and claimed_at is null
                      and available_at >= idle.not_before
                      and available_at <= now()
                    order by available_at
                    limit 1) is not null),
                (select count(*) from worker_instance where listening and ended_at is null)
            """;

    private static final String LISTENING = """
            update worker_instance
            set listening = :listening
            where id::text = cast(:id as text) and listening <> :listening
            """;

    private static final String ALWAYS = "-infinity";

    private final JdbcClient jdbc;

    DueFlows(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What was found.
     *
     * @param flows that have a record which may be claimed
     * @param askedAt when that was so, by PostgreSQL's clock
     * @param listeners how many replicas are notified of inserted records
     */
    public record Due(Set<String> flows, Instant askedAt, int listeners) {}

    /**
     * Looks for records that may be claimed now.
     *
     * @param notBefore for each flow since when a record may have become available; null for any time
     */
    public Due among(Map<String, @Nullable Instant> notBefore) {
        var flows = new ArrayList<String>();
        var bounds = new ArrayList<String>();
        notBefore.forEach((flow, bound) -> {
            flows.add(flow);
            bounds.add(bound == null ? ALWAYS : bound.toString());
        });
        return jdbc.sql(DUE)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .param("notBefore", bounds.toArray(String[]::new), Types.ARRAY)
                .query(DueFlows::toDue)
                .single();
    }

    /** Says whether inserting statements should wake this replica up. */
    public void listening(WorkerInstance instance, boolean listening) {
        jdbc.sql(LISTENING)
                .param("id", instance.id())
                .param("listening", listening)
                .update();
    }

    private static Due toDue(ResultSet row, int rowNumber) throws SQLException {
        Array flows = row.getArray(2);
        // Whole microseconds, which a double of this size holds exactly.
        long micros = Math.round(row.getDouble(1) * 1e6);
        return new Due(
                Set.of((String[]) flows.getArray()),
                Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000),
                row.getInt(3));
    }
}
