package io.rpaworker.queue.story;

import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code processing_log} has of an attempt.
 *
 * @param attempt which one it was, from 1
 * @param outcome retried or dead_letter
 * @param error its first 10,000 characters
 * @param instance the replica that made it
 */
public record PastAttempt(
        int attempt,
        String outcome,
        @Nullable String kind,
        @Nullable String fingerprint,
        @Nullable String error,
        @Nullable String handler,
        @Nullable String instance,
        @Nullable Instant startedAt,
        Instant finishedAt) {

    static PastAttempt of(ResultSet row) throws SQLException {
        return new PastAttempt(
                row.getInt("attempt"),
                row.getString("outcome"),
                row.getString("kind"),
                row.getString("fingerprint"),
                row.getString("error"),
                row.getString("handler"),
                row.getString("instance"),
                Timestamps.find(row, "started_at"),
                Timestamps.of(row, "finished_at"));
    }
}
