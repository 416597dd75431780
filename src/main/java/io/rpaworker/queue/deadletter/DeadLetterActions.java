package io.rpaworker.queue.deadletter;

import io.rpaworker.control.Actor;
import io.rpaworker.control.AuditLog;
import io.rpaworker.control.AuditedBatches;
import io.rpaworker.control.AuditedBatches.Order;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.queue.deadletter.DeadLetterBatches.Place;
import io.rpaworker.queue.deadletter.DeadLetterBatches.Step;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Retries and purges dead letters for an operator. What it changes is written to {@code operator_action} in the same
 * transaction.
 */
@Component
public class DeadLetterActions {

    // Who retries what was to be cancelled wants it to run: the older order goes. A record that killed processes stays
    // a suspect: it is tried again, but alone. What somebody has cancelled is not
    // meant by who retries a whole flow.
    private static final String RETRY = """
            with meant as materialized (
                select id, failed_at
                from processing_queue
                where failed_at is not null and next_retry_at is null and status::text = 'failed'
                  and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                  and (cast(:kind as text) is null or failure_kind::text = cast(:kind as text))
                  and (cast(:error as text) is null
                      or position(lower(cast(:error as text)) in lower(error_message)) > 0)
                  and (cast(:fingerprint as text) is null or failure_fingerprint::text = cast(:fingerprint as text))
                  and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
                  and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
                  and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
                  and (cast(:id as bigint) is null or id = cast(:id as bigint))
                  and (failure_kind::text is distinct from 'cancelled' or cast(:kind as text) is not null
                      or cast(:fingerprint as text) is not null or cast(:id as bigint) is not null)
                  and (failed_at, id) > (:afterFailedAt, :afterId)
                order by failed_at, id
                limit :limit
                for no key update skip locked
            ), retried as (
                update processing_queue q
                set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                    failure_kind = null, failure_fingerprint = null, retry_count = 0,
                    crash_count = least(q.crash_count, 2), available_at = now(), updated_at = now()
                where q.id = any (array(select id from meant)) and q.status::text = 'failed'
                returning q.id
            ), uncancelled as (
                delete from record_cancellation where record_id = any (array(select id from retried))
            )
            select id, failed_at from meant where id in (select id from retried) order by failed_at, id
            """;

    private static final String PURGE = """
            with meant as materialized (
                select id, failed_at
                from processing_queue
                where failed_at is not null and next_retry_at is null and status::text = 'failed'
                  and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                  and (cast(:kind as text) is null or failure_kind::text = cast(:kind as text))
                  and (cast(:error as text) is null
                      or position(lower(cast(:error as text)) in lower(error_message)) > 0)
                  and (cast(:fingerprint as text) is null or failure_fingerprint::text = cast(:fingerprint as text))
                  and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
                  and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
                  and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
                  and (cast(:id as bigint) is null or id = cast(:id as bigint))
                  and (failed_at, id) > (:afterFailedAt, :afterId)
                order by failed_at, id
                limit :limit
                for update skip locked
            ), purged as (
                delete from processing_queue q
                where q.id = any (array(select id from meant)) and q.status::text = 'failed' and q.next_retry_at is null
                returning q.id
            )
            select id, failed_at from meant where id in (select id from purged) order by failed_at, id
            """;

    private static final String BEGIN_CANARY = """
            insert into canary_retry (actor, reason, filter, record_ids)
            values (:actor, :reason, cast(:filter as jsonb), :ids)
            """;

    private static final String NOW = "select clock_timestamp()";

    private static final int MOST_CANARIES = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final JsonMapper json;
    private final AuditLog audit;
    private final AuditedBatches batches;

    DeadLetterActions(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            JsonMapper json,
            AuditLog audit,
            AuditedBatches batches) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.json = json;
        this.audit = audit;
        this.batches = batches;
    }

    /**
     * Makes dead letters pending again, with all their attempts; their keys and ids stay.
     *
     * @param actor who asks for it
     * @return how many
     */
    public int retry(DeadLetterFilter filter, Actor actor) {
        return all(RETRY, filter, new Order(actor, "retry", filter.flow(), filter));
    }

    /**
     * Makes the {@code canary} oldest of the dead letters pending again. The rest follows by itself once all of these
     * are completed; if one of them fails again the rest stays where it is.
     *
     * @return how many are being tried first
     */
    public int retryWithCanary(DeadLetterFilter filter, int canary, Actor actor) {
        Integer tried = transaction.execute(status -> {
            List<Long> ids = DeadLetters.meant(jdbc.sql(RETRY), filter)
                    .param("afterFailedAt", OffsetDateTime.MIN)
                    .param("afterId", Long.MIN_VALUE)
                    .param("limit", Math.clamp(canary, 1, MOST_CANARIES))
                    .query((row, rowNumber) -> row.getLong("id"))
                    .list();
            if (!ids.isEmpty()) {
                jdbc.sql(BEGIN_CANARY)
                        .param("actor", actor.name())
                        .param("reason", actor.reason())
                        .param("filter", json.writeValueAsString(filter))
                        .param("ids", ids.stream().mapToLong(Long::longValue).toArray())
                        .update();
                audit.note(actor, "retry canary", filter.flow(), filter, ids.size());
            }
            return ids.size();
        });
        return tried == null ? 0 : tried;
    }

    /**
     * Deletes dead letters.
     *
     * @param action what it is called where it is written down: discard or purge
     * @param actor who asks for it
     * @return how many
     */
    public int delete(DeadLetterFilter filter, String action, Actor actor) {
        return all(PURGE, filter, new Order(actor, action, filter.flow(), filter));
    }

    /**
     * Retries one batch of those dead letters that failed before {@code moment}.
     *
     * @param from where the batch before ended; null for the first
     */
    Step retrySome(DeadLetterFilter filter, Instant moment, @Nullable Place from, Actor actor) {
        var walk = new DeadLetterBatches(jdbc, RETRY, filter.before(moment));
        return batches.one(new Order(actor, "retry", filter.flow(), filter), () -> walk.step(from));
    }

    private int all(String statement, DeadLetterFilter filter, Order order) {
        // What fails again while this goes on is not meant: it might never end.
        Instant now = jdbc.sql(NOW).query(OffsetDateTime.class).single().toInstant();
        var walk = new DeadLetterBatches(jdbc, statement, filter.before(now));
        List<Step> steps =
                batches.all(order, before -> walk.step(before == null ? null : before.next()), it -> it.next() != null);
        return steps.stream().mapToInt(Step::records).sum();
    }
}
