package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes records pending again that a Python worker claimed and never settled. */
@Component
public class UnfencedOrphans {

    // What Python workers claimed has no claim_id and no lease; its age decides, as in the old system. A count stays at
    // its end, as in Settlements.
    private static final String RECOVER = """
            with orphan as materialized (
                select id
                from processing_queue
                where claimed_at < now() - make_interval(secs => :timeoutSeconds)
                  and claimed_at is not null and claim_id is null
                  and status::text = 'processing' and flow_name::text = cast(:flow as text)
                order by claimed_at
                limit :limit
                for no key update skip locked
            ), recovered as (
                update processing_queue q
                set status = 'pending', claimed_at = null, flow_instance_id = null, updated_at = now(),
                    retry_count = least(greatest(q.retry_count, 0), 2147483646) + 1
                where q.id = any (array(select id from orphan)) and q.status::text = 'processing' and q.claim_id is null
                returning 1
            ), noted as (
                insert into operator_action (actor, action, flow_name, details, records)
                select cast(:actor as text), 'recover', :flow,
                       pg_catalog.jsonb_build_object('timeout_seconds', cast(:timeoutSeconds as double precision)),
                       count(*)
                from recovered
                having count(*) > 0 and cast(:actor as text) is not null
            )
            select count(*) from recovered
            """;

    // Ordered, so that it goes by the index whatever the statistics say.
    private static final String ANY = """
            select count(*) > 0
            from (
                select from processing_queue
                where claimed_at < now() - make_interval(secs => :timeoutSeconds)
                  and claimed_at is not null and claim_id is null and status::text = 'processing'
                order by claimed_at
                limit 1) as oldest
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;

    UnfencedOrphans(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether a Python worker claimed a record of any flow longer ago than {@code timeout} and has not settled it. */
    public boolean any(Duration timeout) {
        return jdbc.sql(ANY)
                .param("timeoutSeconds", seconds(timeout))
                .query(Boolean.class)
                .single();
    }

    /**
     * Recovers records of a flow that a Python worker claimed longer ago than {@code timeout}, one bounded batch; each
     * has used an attempt, as before. Two replicas may do it at once, and twice.
     *
     * @return how many; 0 if nothing is left, or if all that is left is being changed by others at this moment
     */
    public int recover(String flow, Duration timeout) {
        return recoverFor(null, flow, timeout);
    }

    /**
     * Recovers the same for an operator, however many there are; the old system's {@code cleanup_orphaned_records}.
     * Each batch is written to {@code operator_action} with its change.
     *
     * @param actor who asks for it, not empty
     * @return how many, over all batches
     */
    public int recover(String flow, Duration timeout, String actor) {
        int recovered = 0;
        int batch;
        do {
            batch = recoverFor(actor, flow, timeout);
            recovered += batch;
        } while (batch == RECORDS);
        return recovered;
    }

    private int recoverFor(@Nullable String actor, String flow, Duration timeout) {
        return jdbc.sql(RECOVER)
                .param("flow", flow)
                .param("timeoutSeconds", seconds(timeout))
                .param("actor", actor)
                .param("limit", RECORDS)
                .query(Integer.class)
                .single();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
