package io.rpaworker.queue.recovery;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.util.Collection;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes failed records pending again whose next attempt is due. */
@Component
public class DueRetries {

    // Flow by flow, so that the index gives the order, and no record of another flow is read however many are due.
    private static final String PROMOTE = """
            with due as materialized (
                select q.id
                from pg_catalog.unnest(cast(:flows as text[])) as own (flow)
                cross join lateral (
                    select id
                    from processing_queue
                    where flow_name::text = own.flow and next_retry_at <= now()
                    order by next_retry_at
                    limit :limit
                    for no key update skip locked) as q
                limit :limit
            )
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                failure_kind = null, failure_fingerprint = null, next_retry_at = null,
                available_at = greatest(q.available_at, q.next_retry_at), updated_at = now()
            where q.id = any (array(select id from due)) and q.status::text = 'failed'
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;

    DueRetries(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes pending some of the failed records whose next attempt is due, one bounded batch. Two replicas may do it at
     * once, and twice.
     *
     * @param flows only these; records of flows that this version does not know are left alone
     * @return how many; 0 if nothing is due, or if all that is due is being changed by others at this moment
     */
    public int promote(Collection<String> flows) {
        return jdbc.sql(PROMOTE)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .param("limit", RECORDS)
                .update();
    }
}
