package io.rpaworker.queue.story;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads all that is known of one record. */
@Component
public class Records {

    private static final String ID = """
            select id from processing_queue
            where flow_name::text = cast(:flow as text) and record_key = cast(:key as text)
            """;

    private static final String FIND = """
            select id, flow_name, coalesce(record_key, run_key) as record_key, status, retry_count, crash_count, created_at,
                   updated_at, available_at, claimed_at, completed_at, failed_at, next_retry_at, failure_kind, failure_fingerprint,
                   left(error_message, 10000) as error_message, run_id, flow_instance_id, claim_id::text as claim_id,
                   pg_catalog.pg_column_size(payload #> '{}'::text[]) as payload_bytes, clock_timestamp() as asked_at
            from processing_queue
            where id = :id
            """;

    // A number may be stored small and be long as text: payload_text looks before it writes it out.
    private static final String PAYLOAD = """
            select said.content
            from processing_queue q
            cross join lateral payload_text(q.payload, :maxPayloadBytes) said
            where q.id = :id and pg_catalog.pg_column_size(q.payload #> '{}'::text[]) <= :maxPayloadBytes
              and said.content is not null
            """;

    private static final String ATTEMPTS = """
            select attempt, outcome, kind, fingerprint, left(error, 10000) as error, handler, instance, started_at,
                   finished_at
            from processing_log
            where record_id = :id
            order by id desc
            limit :limit
            """;

    private static final String CLAIM = """
            select c.instance_id, c.claimed_at, pg_catalog.cardinality(c.record_ids) as records, c.isolated,
                   w.lease_until, w.id is null or w.ended_at is not null or w.lease_until <= clock_timestamp() as over
            from processing_claim c
            left join worker_instance w on w.id::text = c.instance_id::text
            where c.claim_id = :claim
            """;

    // By the index of what waits, and from the record backwards: forwards PostgreSQL would not stop at the record, but
    // go
    // on to the last of those that became due at the same moment, which may be a million.
    private static final String BEFORE = """
            select count(*)
            from (
                select from processing_queue
                where flow_name::text = cast(:flow as text) and claimed_at is null
                  and (available_at, id) < (:dueAt, :id)
                order by available_at desc, id desc
                limit :limit
            ) sooner
            """;

    private static final long MOST_PAYLOAD = 1 << 20;

    private final JdbcClient jdbc;

    Records(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The record of a flow that has this key. */
    public Optional<Long> idOf(String flow, String key) {
        return jdbc.sql(ID)
                .param("flow", flow)
                .param("key", key)
                .query(Long.class)
                .optional();
    }

    /** The record with this id. */
    public Optional<QueueRecord> find(long id) {
        return jdbc.sql(FIND)
                .param("id", id)
                .query((row, rowNumber) -> QueueRecord.of(row))
                .optional();
    }

    /** The payload of a record as JSON; empty if its text is longer than 1 MiB, or cannot be read. */
    public Optional<String> payload(long id) {
        return jdbc.sql(PAYLOAD)
                .param("id", id)
                .param("maxPayloadBytes", MOST_PAYLOAD)
                .query(String.class)
                .optional();
    }

    /** The last attempts at a record that are known, the oldest of them first. */
    public List<PastAttempt> attempts(long id, int limit) {
        return jdbc.sql(ATTEMPTS)
                .param("id", id)
                .param("limit", limit)
                .query((row, rowNumber) -> PastAttempt.of(row))
                .list()
                .reversed();
    }

    /** The claim with this id; empty if it has no row. */
    public Optional<HeldClaim> claim(String claimId) {
        return jdbc.sql(CLAIM)
                .param("claim", UUID.fromString(claimId))
                .query((row, rowNumber) -> HeldClaim.of(row))
                .optional();
    }

    /** How many records of its flow are claimed before a record that waits; counted as far as {@code most}. */
    public int before(QueueRecord record, int most) {
        return jdbc.sql(BEFORE)
                .param("flow", record.flowName())
                .param("dueAt", Timestamps.parameter(record.availableAt()))
                .param("id", record.id())
                .param("limit", most)
                .query(Integer.class)
                .single();
    }
}
