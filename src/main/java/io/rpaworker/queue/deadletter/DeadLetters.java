package io.rpaworker.queue.deadletter;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import io.rpaworker.failure.FailureKind;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Failed records that no attempt is due for: list and group. {@link DeadLetterActions} retries and purges them. */
@Component
public class DeadLetters {

    // Which records the filter means is the same in every statement on dead letters: what is listed is what is retried.
    private static final String LIST = """
            select id, flow_name as flow, coalesce(record_key, run_key) as key, run_id as run, failure_kind as kind,
                   failure_fingerprint as fingerprint, error_message as reason, retry_count as attempts,
                   crash_count as crashes, created_at, failed_at
            from processing_queue
            where failed_at is not null and next_retry_at is null and status::text = 'failed'
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
              and (cast(:kind as text) is null or failure_kind::text = cast(:kind as text))
              and (cast(:error as text) is null or position(lower(cast(:error as text)) in lower(error_message)) > 0)
              and (cast(:fingerprint as text) is null or failure_fingerprint::text = cast(:fingerprint as text))
              and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
              and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
              and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
              and (cast(:id as bigint) is null or id = cast(:id as bigint))
              and (failed_at, id) < (cast(:olderThan as timestamptz), :olderThanId)
            order by failed_at desc, id desc
            limit :limit
            """;

    // One message for each group is looked up at the end: to carry all of them through the grouping took most of the
    // time.
    private static final String GROUP = """
            with causes as materialized (
                select flow_name, failure_kind, failure_fingerprint, count(*) as records,
                       min(failed_at) as first_seen, max(failed_at) as last_seen, max(id) as sample_id,
                       pg_catalog.trim_array(pg_catalog.array_agg(id order by id desc),
                                             cast(greatest(count(*) - 3, 0) as integer)) as sample_ids
                from processing_queue
                where failed_at is not null and next_retry_at is null and status::text = 'failed'
                  and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                  and (cast(:kind as text) is null or failure_kind::text = cast(:kind as text))
                  and (cast(:error as text) is null or position(lower(cast(:error as text)) in lower(error_message)) > 0)
                  and (cast(:fingerprint as text) is null or failure_fingerprint::text = cast(:fingerprint as text))
                  and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
                  and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
                  and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
                  and (cast(:id as bigint) is null or id = cast(:id as bigint))
                group by flow_name, failure_kind, failure_fingerprint
                order by count(*) desc, flow_name
                limit :limit
            )
            select c.flow_name as flow, c.failure_kind as kind, c.failure_fingerprint as fingerprint, c.records,
                   c.first_seen, c.last_seen, c.sample_id, c.sample_ids,
                   (select left(q.error_message, 500) from processing_queue q where q.id = c.sample_id) as sample_reason
            from causes c
            order by c.records desc, c.flow_name
            """;

    private static final String COUNT = """
            select count(*)
            from processing_queue
            where failed_at is not null and next_retry_at is null and status::text = 'failed'
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
              and (cast(:kind as text) is null or failure_kind::text = cast(:kind as text))
              and (cast(:error as text) is null or position(lower(cast(:error as text)) in lower(error_message)) > 0)
              and (cast(:fingerprint as text) is null or failure_fingerprint::text = cast(:fingerprint as text))
              and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
              and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
              and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
              and (cast(:id as bigint) is null or id = cast(:id as bigint))
              and (:cancelledToo or failure_kind::text is distinct from 'cancelled' or cast(:kind as text) is not null
                  or cast(:fingerprint as text) is not null or cast(:id as bigint) is not null)
            """;

    /** Most rows that are answered with at once. */
    public static final int MOST_ROWS = 200;

    private final JdbcClient jdbc;

    DeadLetters(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A dead letter; its payload stays in the table.
     *
     * @param key its own in the flow or in its run; null if it has none
     * @param run whose record it is; null if it is of none
     * @param reason why it failed, up to 8 KiB
     * @param attempts how often it was tried
     * @param crashes how often a process died while it was under way
     */
    public record DeadLetter(
            long id,
            String flow,
            @Nullable String key,
            @Nullable Long run,
            @Nullable String kind,
            @Nullable String fingerprint,
            @Nullable String reason,
            int attempts,
            int crashes,
            Instant createdAt,
            Instant failedAt) {}

    /** Behind this dead letter a page begins. */
    public record Place(Instant failedAt, long id) {}

    /**
     * Dead letters of one cause.
     *
     * @param records how many
     * @param sampleId the youngest of them
     * @param sampleIds the three youngest
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
            List<Long> sampleIds,
            @Nullable String sampleReason) {}

    /**
     * Lists dead letters, the last failed first.
     *
     * @param after where the page before ended; null for the first page
     * @param limit most rows; one more than {@link #MOST_ROWS} tells whether another page follows
     */
    public List<DeadLetter> list(DeadLetterFilter filter, @Nullable Place after, int limit) {
        return meant(jdbc.sql(LIST), filter)
                .param("olderThan", after == null ? OffsetDateTime.MAX : Timestamps.parameter(after.failedAt()))
                .param("olderThanId", after == null ? Long.MAX_VALUE : after.id())
                .param("limit", Math.clamp(limit, 1, MOST_ROWS + 1))
                .query((row, rowNumber) -> new DeadLetter(
                        row.getLong("id"),
                        row.getString("flow"),
                        row.getString("key"),
                        row.getObject("run", Long.class),
                        row.getString("kind"),
                        row.getString("fingerprint"),
                        row.getString("reason"),
                        row.getInt("attempts"),
                        row.getInt("crashes"),
                        Timestamps.of(row, "created_at"),
                        Timestamps.of(row, "failed_at")))
                .list();
    }

    /**
     * Counts dead letters.
     *
     * @param cancelledToo whether what somebody has cancelled counts although the filter does not ask for it, as it
     *     does for who deletes and not for who retries
     */
    public long count(DeadLetterFilter filter, boolean cancelledToo) {
        return meant(jdbc.sql(COUNT), filter)
                .param("cancelledToo", cancelledToo)
                .query(Long.class)
                .single();
    }

    /**
     * Groups dead letters by flow, kind and fingerprint, the largest group first.
     *
     * @param limit most groups, at most {@link #MOST_ROWS}
     */
    public List<Group> groups(DeadLetterFilter filter, int limit) {
        return meant(jdbc.sql(GROUP), filter)
                .param("limit", Math.clamp(limit, 1, MOST_ROWS))
                .query((row, rowNumber) -> new Group(
                        row.getString("flow"),
                        row.getString("kind"),
                        row.getString("fingerprint"),
                        row.getLong("records"),
                        Timestamps.of(row, "first_seen"),
                        Timestamps.of(row, "last_seen"),
                        row.getLong("sample_id"),
                        List.of((Long[]) row.getArray("sample_ids").getArray()),
                        row.getString("sample_reason")))
                .list();
    }

    /** Gives a statement on dead letters the parameters of the filter. */
    static JdbcClient.StatementSpec meant(JdbcClient.StatementSpec statement, DeadLetterFilter filter) {
        FailureKind kind = filter.kind();
        return statement
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
        return instant == null ? null : Timestamps.parameter(instant);
    }
}
