package io.rpaworker.queue.deadletter;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts dead letters: all, by flow, by kind, and by the hour of the last seven days. */
@Component
public class DeadLetterFigures {

    // - One walk for all figures. Of each sort only the largest are told: producers may have invented any number of
    //   flows.
    // - What a failure is about is in the first lines of its message; the rest is its causes. Patterns would take
    //   ten times as long as looking for words.
    private static final String COUNT = """
            with meant as materialized (
                select flow_name::text as flow, failure_kind::text as kind, retry_count, failed_at,
                       case when failed_at >= now() - interval '7 days'
                            then date_trunc('hour', failed_at, 'UTC') end as hour,
                       failure_kind::text = 'timeout' or position('timeout' in begins) > 0
                           or position('timed out' in begins) > 0 or position('connection' in begins) > 0 as unreachable,
                       position('parse' in begins) > 0 or position('format' in begins) > 0 as unreadable,
                       position('memory' in begins) > 0 or position('resource' in begins) > 0 as exhausted
                from processing_queue
                cross join lateral (select lower(left(error_message, 200)) as begins offset 0) message
                where failed_at is not null and next_retry_at is null and status::text = 'failed'
                  and (cast(:flow as text) is null or flow_name::text = cast(:flow as text))
                  and (cast(:kind as text) is null or failure_kind::text = cast(:kind as text))
                  and (cast(:error as text) is null or position(lower(cast(:error as text)) in lower(error_message)) > 0)
                  and (cast(:fingerprint as text) is null or failure_fingerprint::text = cast(:fingerprint as text))
                  and (cast(:failedFrom as timestamptz) is null or failed_at >= cast(:failedFrom as timestamptz))
                  and (cast(:failedBefore as timestamptz) is null or failed_at < cast(:failedBefore as timestamptz))
                  and (cast(:runId as bigint) is null or run_id = cast(:runId as bigint))
                  and (cast(:id as bigint) is null or id = cast(:id as bigint))
            )
            select sort, flow, kind, hour, records, oldest, newest, attempts, unreachable, unreadable, exhausted
            from (
                select grouping(flow, kind, hour) as sort, flow, kind, hour, count(*) as records,
                       min(failed_at) as oldest, max(failed_at) as newest, avg(retry_count) as attempts,
                       count(*) filter (where unreachable) as unreachable,
                       count(*) filter (where unreadable) as unreadable,
                       count(*) filter (where exhausted) as exhausted,
                       row_number() over (partition by grouping(flow, kind, hour) order by count(*) desc) as place
                from meant
                group by grouping sets ((), (flow), (kind), (hour))
            ) counted
            where place <= 200
            order by sort, records desc, flow, kind, hour
            """;

    private final JdbcClient jdbc;

    DeadLetterFigures(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What a count is of. */
    public enum Sort {
        ALL,
        FLOW,
        KIND,
        HOUR
    }

    /**
     * One count.
     *
     * @param flow of a count of a flow
     * @param kind of a count of a kind
     * @param hour where the hour begins, of a count of an hour; null for all that are older than seven days
     * @param oldest when the first of them failed, by PostgreSQL's clock; null if there is none
     * @param newest when the last of them failed
     * @param attempts mean number of attempts
     * @param unreachable how many are about time or connections
     * @param unreadable how many are about parsing or formats
     * @param exhausted how many are about memory or resources
     */
    public record Figure(
            Sort sort,
            @Nullable String flow,
            @Nullable String kind,
            @Nullable Instant hour,
            long records,
            @Nullable Instant oldest,
            @Nullable Instant newest,
            double attempts,
            long unreachable,
            long unreadable,
            long exhausted) {}

    /** Counts those that are meant; of each sort the 200 largest, the larger first. */
    public List<Figure> count(DeadLetterFilter filter) {
        return DeadLetters.meant(jdbc.sql(COUNT), filter)
                .query((row, rowNumber) -> figure(row))
                .list();
    }

    private static Figure figure(ResultSet row) throws SQLException {
        return new Figure(
                sort(row.getInt("sort")),
                row.getString("flow"),
                row.getString("kind"),
                Timestamps.find(row, "hour"),
                row.getLong("records"),
                Timestamps.find(row, "oldest"),
                Timestamps.find(row, "newest"),
                row.getDouble("attempts"),
                row.getLong("unreachable"),
                row.getLong("unreadable"),
                row.getLong("exhausted"));
    }

    // A bit for each of flow, kind and hour that the group is not by.
    private static Sort sort(int notBy) {
        return switch (notBy) {
            case 0b011 -> Sort.FLOW;
            case 0b101 -> Sort.KIND;
            case 0b110 -> Sort.HOUR;
            default -> Sort.ALL;
        };
    }
}
