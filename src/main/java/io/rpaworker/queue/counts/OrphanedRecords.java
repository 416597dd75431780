package io.rpaworker.queue.counts;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Counts records that are {@code processing} and whose owner is gone: its lease has ended, or it has none, as a Python
 * worker, and claimed the record longer ago than the flow's cleanup-timeout. Recovery makes them pending again.
 */
@Component
public class OrphanedRecords {

    // By the rows of claims and the small index of what is claimed without a lease; offset 0 as in QueueCounts. Before
    // version 17 PostgreSQL cannot subtract an infinite time, which somebody's SQL may have set.
    private static final String COUNT = """
            with orphan as materialized (
                select q.flow_name, case when isfinite(q.claimed_at) then q.claimed_at end as claimed_at
                from processing_claim c
                left join worker_instance w on w.id::text = c.instance_id::text
                cross join lateral (
                    select flow_name::text, claimed_at
                    from processing_queue
                    where id = any (c.record_ids) and claim_id = c.claim_id and status::text = 'processing'
                    offset 0
                ) q
                where w.id is null or w.ended_at is not null or w.lease_until < clock_timestamp()
                union all
                select q.flow_name::text, case when isfinite(q.claimed_at) then q.claimed_at end
                from processing_queue q
                left join rows from (
                    pg_catalog.unnest(cast(:flows as text[])),
                    pg_catalog.unnest(cast(:timeouts as double precision[]))) as own (flow, seconds)
                    on own.flow = q.flow_name::text
                where q.claimed_at is not null and q.claim_id is null and q.status::text = 'processing'
                  and q.claimed_at < now() - make_interval(secs => coalesce(own.seconds, :timeoutSeconds))
            )
            select flow_name, count(*) as records, min(claimed_at) as oldest, max(claimed_at) as newest,
                   coalesce(avg(extract(epoch from clock_timestamp() - claimed_at))::double precision, 0) as mean_seconds,
                   coalesce(extract(epoch from clock_timestamp() - min(claimed_at))::double precision, 0) as oldest_seconds
            from orphan
            group by flow_name
            order by count(*) desc, flow_name
            """;

    private final JdbcClient jdbc;

    OrphanedRecords(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Those of one flow.
     *
     * @param flow its name
     * @param records how many, at least one
     * @param oldestClaim when the first of them was claimed; null if that is infinite
     * @param newestClaim when the last of them was claimed
     * @param meanAge for how long they have been claimed, on the average
     * @param oldestAge for how long the first has been claimed
     */
    public record Orphaned(
            String flow,
            long records,
            @Nullable Instant oldestClaim,
            @Nullable Instant newestClaim,
            Duration meanAge,
            Duration oldestAge) {}

    /**
     * Counts those of every flow, by PostgreSQL's clock.
     *
     * @param timeouts the cleanup-timeouts that are known
     * @param otherwise the cleanup-timeout of every other flow
     * @return the flow with most of them first; empty if there are none
     */
    public List<Orphaned> count(Map<String, Duration> timeouts, Duration otherwise) {
        List<String> flows = List.copyOf(timeouts.keySet());
        return jdbc.sql(COUNT)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .param(
                        "timeouts",
                        flows.stream()
                                .map(it -> Seconds.of(timeouts.getOrDefault(it, otherwise)))
                                .toArray(Double[]::new),
                        Types.ARRAY)
                .param("timeoutSeconds", Seconds.of(otherwise))
                .query((row, rowNumber) -> new Orphaned(
                        row.getString("flow_name"),
                        row.getLong("records"),
                        instant(row.getObject("oldest", OffsetDateTime.class)),
                        instant(row.getObject("newest", OffsetDateTime.class)),
                        age(row.getDouble("mean_seconds")),
                        age(row.getDouble("oldest_seconds"))))
                .list();
    }

    private static Duration age(double seconds) {
        return Duration.ofMillis((long) (Math.max(0, seconds) * 1000));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
