package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says what has gone wrong, by cause, for the last 14 days. */
@Component
public class FailureHistory {

    // As FlowHistory's. Of the samples any one: to find the last took as long as all the rest.
    private static final String CAUSES = """
            select flow_name, kind, fingerprint, cast(sum(attempts) as bigint) as attempts, cast(sum(dead) as bigint) as dead,
                   min(first_seen) as first_seen, max(last_seen) as last_seen, min(sample) as sample,
                   cast(sum(sum(attempts)) over () as bigint) as all_attempts, count(*) over () as all_causes
            from unnest(cast(:spans as text[]), cast(:froms as timestamptz[]), cast(:tos as timestamptz[]))
                as p (span, starts, ends)
            cross join lateral (
                select *
                from failure_statistics
                where span::text = p.span and starts_at >= p.starts and starts_at < p.ends
                  and (cast(:flows as text[]) is null or flow_name::text = any (cast(:flows as text[])))
                offset 0) f
            group by flow_name, kind, fingerprint
            order by sum(attempts) desc, flow_name, kind, fingerprint
            limit :limit
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
     * The part of a window that failures are known of: whole hours of the last 14 days, none of which is to come.
     *
     * @return empty if it ends before that
     */
    public Optional<Window> known(Window window, Instant now) {
        Window hours = window.in(Span.HOUR, now);
        Instant first = Span.HOUR.ceiling(now.minus(Span.HOUR.kept()));
        Instant begin = hours.from().isBefore(first) ? first : hours.from();
        return begin.isBefore(hours.to()) ? Optional.of(new Window(begin, hours.to(), Span.HOUR)) : Optional.empty();
    }

    /**
     * The causes of a window's failed attempts.
     *
     * @param hours of whole hours
     * @param flows empty for all flows
     * @param limit most causes
     * @return the most frequent first
     */
    public List<CauseOfFailures> causes(Window hours, Set<String> flows, int limit) {
        return jdbc.sql(CAUSES)
                .params(FlowHistory.parts(hours))
                .param("flows", flows.isEmpty() ? null : flows.toArray(String[]::new), Types.ARRAY)
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
}
