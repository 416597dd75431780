package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says what has gone wrong, by cause and by hour, for the last 14 days. */
@Component
public class FailureHistory {

    private static final String CAUSES = """
            select flow_name, kind, fingerprint, cast(sum(attempts) as bigint) as attempts, cast(sum(dead) as bigint) as dead,
                   min(first_seen) as first_seen, max(last_seen) as last_seen,
                   (pg_catalog.array_agg(sample order by last_seen desc))[1] as sample
            from failure_statistics
            where starts_at >= cast(:windowFrom as timestamptz) and starts_at < cast(:windowTo as timestamptz)
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
            group by flow_name, kind, fingerprint
            order by sum(attempts) desc, flow_name, kind, fingerprint
            limit :limit
            """;

    private static final String HOURS = """
            select starts_at, flow_name, kind, cast(sum(attempts) as bigint) as attempts
            from failure_statistics
            where starts_at >= cast(:windowFrom as timestamptz) and starts_at < cast(:windowTo as timestamptz)
              and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
            group by starts_at, flow_name, kind
            order by starts_at, flow_name, kind
            """;

    private final JdbcClient jdbc;

    FailureHistory(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Failed attempts of one cause.
     *
     * @param fingerprint empty if they have none; {@code other} for causes that were too many to be told apart
     * @param attempts how many
     * @param dead how many of them were a record's last
     * @param firstSeen when they were first added to the statistics
     * @param sample the beginning of what one of them said; it may quote data
     */
    public record CauseOfFailures(
            String flow,
            String kind,
            String fingerprint,
            long attempts,
            long dead,
            Instant firstSeen,
            Instant lastSeen,
            String sample) {}

    /** Failed attempts of one kind in one hour. */
    public record HourOfFailures(Instant from, String flow, String kind, long attempts) {}

    /**
     * The causes of a window's failed attempts, by whole hours.
     *
     * @param flow null for all flows
     * @param limit most causes
     * @return the most frequent first
     */
    public List<CauseOfFailures> causes(Window window, @Nullable String flow, int limit) {
        return about(CAUSES, window, flow)
                .param("limit", limit)
                .query((row, rowNumber) -> new CauseOfFailures(
                        row.getString("flow_name"),
                        row.getString("kind"),
                        row.getString("fingerprint"),
                        row.getLong("attempts"),
                        row.getLong("dead"),
                        row.getObject("first_seen", OffsetDateTime.class).toInstant(),
                        row.getObject("last_seen", OffsetDateTime.class).toInstant(),
                        row.getString("sample")))
                .list();
    }

    /**
     * The failed attempts of each hour, flow and kind of a window, in the order of time; hours without any are absent.
     */
    public List<HourOfFailures> hours(Window window, @Nullable String flow) {
        return about(HOURS, window, flow)
                .query((row, rowNumber) -> new HourOfFailures(
                        row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        row.getString("flow_name"),
                        row.getString("kind"),
                        row.getLong("attempts")))
                .list();
    }

    private JdbcClient.StatementSpec about(String sql, Window window, @Nullable String flow) {
        return jdbc.sql(sql)
                .param("windowFrom", Span.HOUR.floor(window.from()).atOffset(ZoneOffset.UTC))
                .param("windowTo", window.to().atOffset(ZoneOffset.UTC))
                .param("flow", flow);
    }
}
