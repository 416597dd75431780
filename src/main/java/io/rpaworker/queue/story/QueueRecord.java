package io.rpaworker.queue.story;

import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record as its row says, without its payload.
 *
 * @param recordKey its name in its flow; of a record of a run, in that
 * @param attempts how many it has used, {@code retry_count}
 * @param crashCount how often a process died while it was under way
 * @param errorMessage of its last failure, its first 10,000 characters
 * @param payloadBytes as PostgreSQL stores it when it is not compressed
 * @param askedAt when it was so, by PostgreSQL's clock
 */
public record QueueRecord(
        long id,
        String flowName,
        @Nullable String recordKey,
        String status,
        int attempts,
        int crashCount,
        Instant createdAt,
        Instant updatedAt,
        Instant availableAt,
        @Nullable Instant claimedAt,
        @Nullable Instant completedAt,
        @Nullable Instant failedAt,
        @Nullable Instant nextRetryAt,
        @Nullable String failureKind,
        @Nullable String fingerprint,
        @Nullable String errorMessage,
        @Nullable Long runId,
        @Nullable String flowInstanceId,
        @Nullable String claimId,
        long payloadBytes,
        Instant askedAt) {

    static QueueRecord of(ResultSet row) throws SQLException {
        return new QueueRecord(
                row.getLong("id"),
                row.getString("flow_name"),
                row.getString("record_key"),
                row.getString("status"),
                row.getInt("retry_count"),
                row.getInt("crash_count"),
                Timestamps.of(row, "created_at"),
                Timestamps.of(row, "updated_at"),
                Timestamps.of(row, "available_at"),
                Timestamps.find(row, "claimed_at"),
                Timestamps.find(row, "completed_at"),
                Timestamps.find(row, "failed_at"),
                Timestamps.find(row, "next_retry_at"),
                row.getString("failure_kind"),
                row.getString("failure_fingerprint"),
                row.getString("error_message"),
                row.getObject("run_id", Long.class),
                row.getString("flow_instance_id"),
                row.getString("claim_id"),
                row.getLong("payload_bytes"),
                Timestamps.of(row, "asked_at"));
    }
}
