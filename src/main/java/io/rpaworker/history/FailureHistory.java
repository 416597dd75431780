package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says what has gone wrong, by cause and by hour, for the last 14 days. */
@Component
public class FailureHistory {

    // Of the samples any one: to find the last took as long as all the rest.
    private static final String CAUSES = """
            select flow_name, kind, fingerprint, cast(sum(attempts) as bigint) as attempts, cast(sum(dead) as bigint) as dead,
                   min(first_seen) as first_seen, max(last_seen) as last_seen, min(sample) as sample,
                   cast(sum(sum(attempts)) over () as bigint) as all_attempts, count(*) over () as all_causes
            from failure_statistics
            where starts_at >= cast(:windowFrom as timestamptz) and starts_at < cast(:windowTo as timestamptz)
              and (cast(:flows as text[]) is null or flow_name::text = any (cast(:flows as text[])))
            group by flow_name, kind, fingerprint
            order by sum(attempts) desc, flow_name, kind, fingerprint
            limit :limit
            """;

    private static final String SPIKES = """
            select starts_at, flow_name, kind, attempts, mean
            from (
                select starts_at, flow_name, kind, cast(sum(attempts) as bigint) as attempts,
                       cast(sum(sum(attempts)) over (partition by flow_name, kind) as double precision) / :hours as mean
                from failure_statistics
                where starts_at >= cast(:windowFrom as timestamptz) and starts_at < cast(:windowTo as timestamptz)
                  and (cast(:flows as text[]) is null or flow_name::text = any (cast(:flows as text[])))
                group by starts_at, flow_name, kind) as hour
            where attempts >= :least and cast(attempts as double precision) > :ratio * mean
            order by starts_at desc, flow_name, kind
            limit 1000
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
     * @param allAttempts that failed in the window, of all causes
     * @param allCauses how many there are
     */
    public record CauseOfFailures(
            String flow,
            String kind,
            String fingerprint,
            long attempts,
            long dead,
            Instant firstSeen,
            Instant lastSeen,
            String sample,
            long allAttempts,
            int allCauses) {}

    /**
     * An hour in which many more attempts failed than in others.
     *
     * @param attempts that failed in it, of this flow and kind
     * @param mean of all hours of the window
     */
    public record Spike(Instant from, String flow, String kind, long attempts, double mean) {}

    /**
     * The part of a window that failures are known of: whole hours of the last 14 days, none of which is to come.
     *
     * @return empty if it ends before that
     */
    public Optional<Window> known(Window window, Instant now) {
        Instant from = Span.HOUR.floor(window.from());
        Instant first = Span.HOUR.ceiling(now.minus(Span.HOUR.kept()));
        Instant begin = from.isBefore(first) ? first : from;
        return begin.isBefore(window.to()) ? Optional.of(new Window(begin, window.to(), Span.HOUR)) : Optional.empty();
    }

    /**
     * The causes of a window's failed attempts, by whole hours.
     *
     * @param flows empty for all flows
     * @param limit most causes
     * @return the most frequent first
     */
    public List<CauseOfFailures> causes(Window window, Set<String> flows, int limit) {
        return about(CAUSES, window, flows)
                .param("limit", limit)
                .query((row, rowNumber) -> new CauseOfFailures(
                        row.getString("flow_name"),
                        row.getString("kind"),
                        row.getString("fingerprint"),
                        row.getLong("attempts"),
                        row.getLong("dead"),
                        row.getObject("first_seen", OffsetDateTime.class).toInstant(),
                        row.getObject("last_seen", OffsetDateTime.class).toInstant(),
                        row.getString("sample"),
                        row.getLong("all_attempts"),
                        row.getInt("all_causes")))
                .list();
    }

    /**
     * The hours of a window that stand out, each of one flow and kind.
     *
     * @param flows empty for all flows
     * @param ratio more than so many times the mean hour of the window
     * @param least and at least so many failed attempts
     * @return the last first; at most 1,000
     */
    public List<Spike> spikes(Window window, Set<String> flows, double ratio, long least) {
        return about(SPIKES, window, flows)
                .param("hours", Math.max(1, window.length().toSeconds() / 3600.0))
                .param("ratio", ratio)
                .param("least", least)
                .query((row, rowNumber) -> new Spike(
                        row.getObject("starts_at", OffsetDateTime.class).toInstant(),
                        row.getString("flow_name"),
                        row.getString("kind"),
                        row.getLong("attempts"),
                        row.getDouble("mean")))
                .list();
    }

    private JdbcClient.StatementSpec about(String sql, Window window, Set<String> flows) {
        return jdbc.sql(sql)
                .param("windowFrom", Span.HOUR.floor(window.from()).atOffset(ZoneOffset.UTC))
                .param("windowTo", window.to().atOffset(ZoneOffset.UTC))
                .param("flows", flows.isEmpty() ? null : flows.toArray(String[]::new), Types.ARRAY);
    }
}
