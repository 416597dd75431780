package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Failed records that no attempt is due for: list, group, retry, purge. What changes records is written to
 * {@code operator_action} in the same transaction.
 */
@Component
public class DeadLetters {

    private static final String MEANT = """
            where failed_at is not null and next_retry_at is null and status = 'failed'
              and (cast(:flow as text) is null or flow_name = cast(:flow as text))
              and (cast(:kind as text) is null or failure_kind = cast(:kind as text))
              and (cast(:error as text) is null or position(lower(cast(:error as text)) in lower(error_message)) > 0)
              and (cast(:fingerprint as text) is null or failure_fingerprint = cast(:fingerprint as text))
              and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
              and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
              and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
              and (cast(:id as bigint) is null or id = cast(:id as bigint))
            """;

    private static final String LIST = """
            select id, flow_name as flow, record_key as key, failure_kind as kind, failure_fingerprint as fingerprint,
                   error_message as reason, retry_count as attempts, crash_count as crashes, created_at, failed_at
            from processing_queue
            """ + MEANT + """
              and (failed_at, id) < (cast(:olderThan as timestamptz), :olderThanId)
            order by failed_at desc, id desc
            limit :limit
            """;

    private static final String GROUP = """
            select flow_name as flow, failure_kind as kind, failure_fingerprint as fingerprint, count(*) as records,
                   min(failed_at) as first_seen, max(failed_at) as last_seen, max(id) as sample_id,
                   (array_agg(left(error_message, 500) order by id desc))[1] as sample_reason
            from processing_queue
            """ + MEANT + """
            group by flow_name, failure_kind, failure_fingerprint
            order by count(*) desc, flow_name
            limit :limit
            """;

    // A record that killed processes stays a suspect: it is tried again, but alone.
    private static final String RETRY = """
            with meant as materialized (
                select id from processing_queue
            """ + MEANT + """
                order by failed_at, id
                limit :limit
                for no key update skip locked
            )
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                failure_kind = null, failure_fingerprint = null, retry_count = 0,
                crash_count = least(q.crash_count, 1), available_at = now(), updated_at = now()
            where q.id = any (array(select id from meant)) and q.status = 'failed'
            returning q.id
            """;

    private static final String PURGE = """
            with meant as materialized (
                select id from processing_queue
            """ + MEANT + """
                order by failed_at, id
                limit :limit
                for update skip locked
            )
            delete from processing_queue q
            where q.id = any (array(select id from meant)) and q.status = 'failed' and q.next_retry_at is null
            returning q.id
            """;

    private static final String NOTE = """
            insert into operator_action (actor, action, flow_name, details, records)
            values (:actor, :action, :flow, cast(:details as jsonb), :records)
            """;

    private static final String BEGIN_CANARY = """
            insert into canary_retry (actor, filter, record_ids) values (:actor, cast(:filter as jsonb), :ids)
            """;

    private static final String NOW = "select clock_timestamp()";

    private static final int MOST_ROWS = 200;
    private static final int BATCH = 1_000;

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final JsonMapper json;

    DeadLetters(
            @Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc,
            @Qualifier(RpaDbPools.CONTROL) TransactionOperations transaction,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.json = json;
    }

    /**
     * A dead letter; its payload stays in the table.
     *
     * @param reason why it failed, up to 8 KiB
     * @param attempts how often it was tried
     * @param crashes how often a process died while it was under way
     */
    public record DeadLetter(
            long id,
            String flow,
            @Nullable String key,
            @Nullable String kind,
            @Nullable String fingerprint,
            @Nullable String reason,
            int attempts,
            int crashes,
            Instant createdAt,
            Instant failedAt) {}

    /**
     * Dead letters of one cause.
     *
     * @param records how many
     * @param sampleId the youngest of them
     * @param sampleReason the start of its reason
     */
    public record Group(
            String flow,
            @Nullable String kind,
            @Nullable String fingerprint,
            long records,
            Instant firstSeen,
            Instant lastSeen,
            long sampleId,
            @Nullable String sampleReason) {}

    /**
     * Lists dead letters, the last failed first.
     *
     * @param after the last one of the page before; null for the first page
     * @param limit most rows, at most 200
     */
    public List<DeadLetter> list(DeadLetterFilter filter, @Nullable DeadLetter after, int limit) {
        return meant(LIST, filter)
                .param(
                        "olderThan",
                        after == null ? OffsetDateTime.MAX : after.failedAt().atOffset(ZoneOffset.UTC))
                .param("olderThanId", after == null ? Long.MAX_VALUE : after.id())
                .param("limit", Math.clamp(limit, 1, MOST_ROWS))
                .query((row, rowNumber) -> new DeadLetter(
                        row.getLong("id"),
                        row.getString("flow"),
                        row.getString("key"),
                        row.getString("kind"),
                        row.getString("fingerprint"),
                        row.getString("reason"),
                        row.getInt("attempts"),
                        row.getInt("crashes"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getObject("failed_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    /** Groups dead letters by flow, kind and fingerprint, the largest group first; at most 200 groups. */
    public List<Group> groups(DeadLetterFilter filter) {
        return meant(GROUP, filter)
                .param("limit", MOST_ROWS)
                .query((row, rowNumber) -> new Group(
                        row.getString("flow"),
                        row.getString("kind"),
                        row.getString("fingerprint"),
                        row.getLong("records"),
                        row.getObject("first_seen", OffsetDateTime.class).toInstant(),
                        row.getObject("last_seen", OffsetDateTime.class).toInstant(),
                        row.getLong("sample_id"),
                        row.getString("sample_reason")))
                .list();
    }

    /**
     * Makes dead letters pending again, with all their attempts; their keys and ids stay.
     *
     * @param actor who asks for it
     * @return how many
     */
    public int retry(DeadLetterFilter filter, String actor) {
        return inBatches(RETRY, filter, actor, "retry");
    }

    /**
     * Makes the {@code canary} oldest of the dead letters pending again. The rest follows by itself once all of these
     * are completed; if one of them fails again the rest stays where it is.
     *
     * @return how many are being tried first
     */
    public int retryWithCanary(DeadLetterFilter filter, int canary, String actor) {
        Integer tried = transaction.execute(status -> {
            List<Long> ids = batch(RETRY, filter, Math.clamp(canary, 1, BATCH));
            if (!ids.isEmpty()) {
                jdbc.sql(BEGIN_CANARY)
                        .param("actor", actor)
                        .param("filter", json.writeValueAsString(filter))
                        .param("ids", ids.stream().mapToLong(Long::longValue).toArray())
                        .update();
            }
            note(actor, "retry canary", filter, ids.size());
            return ids.size();
        });
        return tried == null ? 0 : tried;
    }

    /**
     * Deletes dead letters.
     *
     * @param actor who asks for it
     * @return how many
     */
    public int purge(DeadLetterFilter filter, String actor) {
        return inBatches(PURGE, filter, actor, "purge");
    }

    private int inBatches(String statement, DeadLetterFilter filter, String actor, String action) {
        // What fails again while this goes on is not meant: it might never end.
        DeadLetterFilter meant =
                filter.before(jdbc.sql(NOW).query(OffsetDateTime.class).single().toInstant());
        int changed = 0;
        int batch;
        do {
            Integer some = transaction.execute(status -> {
                int records = batch(statement, meant, BATCH).size();
                if (records > 0) {
                    note(actor, action, filter, records);
                }
                return records;
            });
            batch = some == null ? 0 : some;
            changed += batch;
        } while (batch == BATCH);
        return changed;
    }

    private List<Long> batch(String statement, DeadLetterFilter filter, int limit) {
        return meant(statement, filter).param("limit", limit).query(Long.class).list();
    }

    private void note(String actor, String action, DeadLetterFilter filter, int records) {
        jdbc.sql(NOTE)
                .param("actor", actor)
                .param("action", action)
                .param("flow", filter.flow())
                .param("details", json.writeValueAsString(filter))
                .param("records", records)
                .update();
    }

    private JdbcClient.StatementSpec meant(String statement, DeadLetterFilter filter) {
        FailureKind kind = filter.kind();
        return jdbc.sql(statement)
                .param("flow", filter.flow())
                .param("kind", kind == null ? null : kind.column())
                .param("error", filter.error())
                .param("fingerprint", filter.fingerprint())
                .param("failedFrom", at(filter.failedFrom()))
                .param("failedBefore", at(filter.failedBefore()))
                .param("runId", filter.runId())
                .param("id", filter.id());
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
