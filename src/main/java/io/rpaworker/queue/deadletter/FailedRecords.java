package io.rpaworker.queue.deadletter;

import io.rpaworker.control.AuditedBatches;
import io.rpaworker.control.AuditedBatches.Batch;
import io.rpaworker.control.AuditedBatches.Order;
import io.rpaworker.database.RpaDbPools;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes failed records pending again because an operator says so, whether or not their next attempt is due. */
@Component
class FailedRecords {

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
            select count(*) as records from reset
            """;

    private static final int RECORDS = 1_000;

    private final JdbcClient jdbc;
    private final AuditedBatches batches;

    FailedRecords(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, AuditedBatches batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    private record Reset(int records) implements Batch {}

    /**
     * Makes pending the failed records of a flow that have used fewer than {@code maxRetries} attempts, dead letters
     * among them; the old system's {@code reset_failed_records}. Each batch is written to {@code operator_action} in
     * its transaction.
     *
     * @param actor who asks for it, not empty
     * @return how many, over all batches
     */
    public int reset(String flow, int maxRetries, String actor) {
        var order = new Order(actor, "reset", flow, Map.of("max_retries", maxRetries));
        List<Reset> all = batches.all(order, before -> resetSome(flow, maxRetries), it -> it.records() == RECORDS);
        return all.stream().mapToInt(Reset::records).sum();
    }

    private Reset resetSome(String flow, int maxRetries) {
        return jdbc.sql(RESET)
                .param("flow", flow)
                .param("maxRetries", maxRetries)
                .param("limit", RECORDS)
                .query(Reset.class)
                .single();
    }
}
