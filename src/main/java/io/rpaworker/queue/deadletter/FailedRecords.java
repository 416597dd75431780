package io.rpaworker.queue.deadletter;

import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditedBatches;
import io.rpaworker.control.AuditedBatches.Batch;
import io.rpaworker.control.AuditedBatches.Order;
import io.rpaworker.database.RpaDbPools;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes failed records pending again because an operator says so, whether or not their next attempt is due. */
@Component
public class FailedRecords {

    private static final String RESET = """
            with failed as materialized (
                select id
                from processing_queue
                where flow_name::text = cast(:flow as text) and failed_at is not null and status::text = 'failed'
                  and retry_count < :maxRetries
                  and failure_kind::text is distinct from 'cancelled'
                order by failed_at, id
                limit :limit
                for no key update skip locked
            ), reset as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                    failure_kind = null, failure_fingerprint = null, next_retry_at = null, error_message = null,
                    updated_at = now()
                where q.id = any (array(select id from failed)) and q.status::text = 'failed'
                returning q.id
            ), uncancelled as (
                delete from record_cancellation where record_id = any (array(select id from reset))
            )
            select count(*) as records from reset
            """;

    // What a reset would change, of every flow that has failed records.
    private static final String COUNT = """
            select flow_name::text as flow, count(*) as records
            from processing_queue
            where failed_at is not null and status::text = 'failed' and retry_count < :maxRetries
              and failure_kind::text is distinct from 'cancelled'
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
            group by flow_name
            order by flow_name
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
     * @param actor who asks for it
     * @return how many, over all batches
     */
    public int reset(String flow, int maxRetries, Actor actor) {
        var order = new Order(actor, "reset", flow, Map.of("max_retries", maxRetries));
        List<Reset> all = batches.all(order, before -> resetSome(flow, maxRetries), it -> it.records() == RECORDS);
        return all.stream().mapToInt(Reset::records).sum();
    }

    /**
     * How many failed records a reset would change, by their flows.
     *
     * @param flow only those of this flow; null for any
     */
    public SortedMap<String, Long> count(@Nullable String flow, int maxRetries) {
        var counts = new TreeMap<String, Long>();
        jdbc.sql(COUNT).param("flow", flow).param("maxRetries", maxRetries).query(row -> {
            counts.put(row.getString("flow"), row.getLong("records"));
        });
        return counts;
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
