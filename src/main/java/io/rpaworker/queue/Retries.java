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

    private static final String PROMOTE = """
            with due as materialized (
                select id
                from processing_queue
                where next_retry_at <= now() and flow_name = any (cast(:flows as text[]))
                order by next_retry_at
                limit :limit
                for no key update skip locked
            )
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                failure_kind = null, failure_fingerprint = null, next_retry_at = null,
                available_at = greatest(q.available_at, q.next_retry_at), updated_at = now()
            where q.id = any (array(select id from due)) and q.status = 'failed'
            """;

    private static final String RESET = """
            with failed as materialized (
                select id
                from processing_queue
                where flow_name = :flow and failed_at is not null and retry_count < :maxRetries
                order by failed_at, id
                limit :limit
                for no key update skip locked
            )
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                failure_kind = null, failure_fingerprint = null, next_retry_at = null, error_message = null,
                updated_at = now()
            where q.id = any (array(select id from failed)) and q.status = 'failed'
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;

    Retries(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes pending the failed records whose next attempt is due.
     *
     * @param flows only these; records of flows that this version does not know are left alone
     * @return how many, over all batches
     */
    public int promote(Collection<String> flows) {
        return inBatches(jdbc.sql(PROMOTE).param("flows", flows.toArray(String[]::new), Types.ARRAY));
    }

    /**
     * Makes pending the failed records of a flow that have used fewer than {@code maxRetries} attempts, dead letters
     * among them; the old system's {@code reset_failed_records}.
     *
     * @return how many, over all batches
     */
    public int reset(String flow, int maxRetries) {
        return inBatches(jdbc.sql(RESET).param("flow", flow).param("maxRetries", maxRetries));
    }

    private static int inBatches(JdbcClient.StatementSpec statement) {
        statement.param("limit", RECORDS);
        int changed = 0;
        int batch;
        do {
            batch = statement.update();
            changed += batch;
        } while (batch == RECORDS);
        return changed;
    }
}
