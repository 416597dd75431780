package io.rpaworker.queue.deadletter;

import io.rpaworker.control.AuditLog;
import io.rpaworker.database.RpaDbPools;
import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Makes failed records pending again because an operator says so, whether or not their next attempt is due. */
@Component
public class FailedRecords {

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
            )
            select count(*) from reset
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final AuditLog audit;

    FailedRecords(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            AuditLog audit) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.audit = audit;
    }

    /**
     * Makes pending the failed records of a flow that have used fewer than {@code maxRetries} attempts, dead letters
     * among them; the old system's {@code reset_failed_records}. Each batch is written to {@code operator_action} in
     * its transaction.
     *
     * @param actor who asks for it, not empty
     * @return how many, over all batches
     */
    public int reset(String flow, int maxRetries, String actor) {
        int changed = 0;
        int batch;
        do {
            batch = Objects.requireNonNull(transaction.execute(status -> resetSome(flow, maxRetries, actor)));
            changed += batch;
        } while (batch == RECORDS);
        return changed;
    }

    private int resetSome(String flow, int maxRetries, String actor) {
        int records = jdbc.sql(RESET)
                .param("flow", flow)
                .param("maxRetries", maxRetries)
                .param("limit", RECORDS)
                .query(Integer.class)
                .single();
        if (records > 0) {
            audit.note(actor, "reset", flow, Map.of("max_retries", maxRetries), records);
        }
        return records;
    }
}
