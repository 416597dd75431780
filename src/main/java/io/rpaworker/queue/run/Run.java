package io.rpaworker.queue.run;

import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code processing_run}. All times are PostgreSQL's.
 *
 * @param trigger what has started it
 * @param tick the planned time of a schedule; null for other triggers
 * @param parameters as JSON
 * @param parametersHash of flow and parameters
 * @param dryRun whether pages are only counted
 * @param reason why it has failed or is about to, or who has cancelled it; null if there is nothing to say
 * @param round grows when it goes on after it had ended, or was about to
 * @param cursor where discovery goes on; null at the beginning, and when it is over
 * @param pages how many have been read
 * @param discovered how many records the pages had, without what the run had already
 * @param counts how its records had ended when it did last; null before
 * @param actor who has started it
 * @param leader who has its latest part; null before the first
 * @param startedAt when its discovery began; null while it is queued
 * @param discoveredAt when the last page was added; null before
 * @param processedAt when the last of its records had ended; null before
 * @param endedAt null before
 */
public record Run(
        long id,
        String flow,
        String trigger,
        @Nullable Instant tick,
        String parameters,
        String parametersHash,
        boolean dryRun,
        RunState state,
        @Nullable String reason,
        int round,
        @Nullable String cursor,
        long pages,
        long discovered,
        @Nullable Counts counts,
        String actor,
        @Nullable Leader leader,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant discoveredAt,
        @Nullable Instant processedAt,
        @Nullable Instant endedAt) {

    /** How a run's records have ended. */
    public record Counts(long records, long completed, long failed, long cancelled) {}

    /**
     * Who leads a run, or did last.
     *
     * @param replica its identity
     * @param since when it took over
     * @param term one more with each that took over
     */
    public record Leader(String replica, Instant since, long term) {}

    static Run of(ResultSet row, int rowNumber) throws SQLException {
        Long records = row.getObject("records", Long.class);
        String leader = row.getString("leader_id");
        return new Run(
                row.getLong("id"),
                row.getString("flow_name"),
                row.getString("trigger"),
                Timestamps.find(row, "tick"),
                row.getString("parameters"),
                row.getString("parameters_hash"),
                row.getBoolean("dry_run"),
                RunState.of(row.getString("state")),
                row.getString("reason"),
                row.getInt("round"),
                row.getString("cursor"),
                row.getLong("pages"),
                row.getLong("discovered"),
                records == null
                        ? null
                        : new Counts(
                                records, row.getLong("completed"), row.getLong("failed"), row.getLong("cancelled")),
                row.getString("actor"),
                leader == null
                        ? null
                        : new Leader(leader, Timestamps.of(row, "leader_since"), row.getLong("leader_term")),
                Timestamps.of(row, "created_at"),
                Timestamps.find(row, "started_at"),
                Timestamps.find(row, "discovered_at"),
                Timestamps.find(row, "processed_at"),
                Timestamps.find(row, "ended_at"));
    }
}
