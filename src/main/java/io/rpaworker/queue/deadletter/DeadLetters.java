package io.rpaworker.queue.deadletter;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.failure.FailureKind;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Failed records that no attempt is due for: list and group. {@link DeadLetterActions} retries and purges them. */
@Component
class DeadLetters {

    // Which records the filter means is the same in every statement on dead letters: what is listed is what is retried.
    private static final String LIST = """
            select id, flow_name as flow, record_key as key, failure_kind as kind, failure_fingerprint as fingerprint,
                   error_message as reason, retry_count as attempts, crash_count as crashes, created_at, failed_at
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

    private static final String GROUP = """
            select flow_name as flow, failure_kind as kind, failure_fingerprint as fingerprint, count(*) as records,
                   min(failed_at) as first_seen, max(failed_at) as last_seen, max(id) as sample_id,
                   (pg_catalog.array_agg(left(error_message, 500) order by id desc))[1] as sample_reason
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
            """;

    private static final int MOST_ROWS = 200;

    private final JdbcClient jdbc;

    DeadLetters(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
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
        return meant(jdbc.sql(LIST), filter)
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
        return meant(jdbc.sql(GROUP), filter)
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
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}
