package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.util.Collection;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes failed records pending again: when they fall due, or because an operator says so. */
@Component
public class Retries {

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

    private static final String RESET = """
            with failed as materialized (
                select id
                from processing_queue
                where flow_name::text = cast(:flow as text) and failed_at is not null and retry_count < :maxRetries
                order by failed_at, id
                limit :limit
                for no key update skip locked
            ), reset as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                    failure_kind = null, failure_fingerprint = null, next_retry_at = null, error_message = null,
                    updated_at = now()
                where q.id = any (array(select id from failed)) and q.status::text = 'failed'
                returning 1
            ), noted as (
                insert into operator_action (actor, action, flow_name, details, records)
                select :actor, 'reset', :flow,
                       pg_catalog.jsonb_build_object('max_retries', cast(:maxRetries as integer)), count(*)
                from reset
                having count(*) > 0
            )
            select count(*) from reset
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;

    Retries(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
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

    /**
     * Makes pending the failed records of a flow that have used fewer than {@code maxRetries} attempts, dead letters
     * among them; the old system's {@code reset_failed_records}. Each batch is written to {@code operator_action} with
     * its change.
     *
     * @param actor who asks for it, not empty
     * @return how many, over all batches
     */
    public int reset(String flow, int maxRetries, String actor) {
        int changed = 0;
        int batch;
        do {
            batch = jdbc.sql(RESET)
                    .param("flow", flow)
                    .param("maxRetries", maxRetries)
                    .param("actor", actor)
                    .param("limit", RECORDS)
                    .query(Integer.class)
                    .single();
            changed += batch;
        } while (batch == RECORDS);
        return changed;
    }
}
