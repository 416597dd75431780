package io.rpaworker.queue.run;

import io.rpaworker.database.RpaDbPools;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Looks at all runs at once, for what is told of them every few seconds; reads no record but a run's latest page. */
@Component
public class RunsLook {

    // - Open runs have an index by flow and id. It is gone through flow by flow, from each to the next name, so that
    // one
    //   with thousands of runs that wait hides no other; the first of each are those that do not wait. The page that
    // was
    //   added last has one of two keys, and was added when the one before was.
    // - Of each flow that is asked for its latest run, by the index of a flow.
    // - Seconds since the epoch, since what is infinite cannot be subtracted before PostgreSQL 17.
    private static final String LOOK = """
            with recursive open as (
                (select r.flow_name::text as flow_name
                 from processing_run r
                 where r.ended_at is null
                 order by r.flow_name::text
                 limit 1)
                union all
                select (
                    select r.flow_name::text
                    from processing_run r
                    where r.ended_at is null and r.flow_name::text > o.flow_name
                    order by r.flow_name::text
                    limit 1)
                from open o
                where o.flow_name is not null
            )
            select 'open' as what, r.flow_name::text as flow_name, r.id, r.state::text as state,
                   r.leader_id::text as leader_id,
                   date_part('epoch', clock_timestamp()) - date_part('epoch', greatest(
                       r.created_at, r.started_at, r.discovered_at, r.processed_at,
                       (select max(q.created_at)
                        from processing_queue q
                        where q.run_id = r.id and q.run_key is not null
                          and q.run_key in ('#page:' || r.pages::text,
                                            '#page:' || r.pages::text || ':' || r.round::text || '.0')))) as seconds,
                   0 as missed
            from open o
            cross join lateral (
                select r.flow_name, r.id, r.state, r.leader_id, r.created_at, r.started_at, r.discovered_at,
                       r.processed_at, r.pages, r.round
                from processing_run r
                where r.ended_at is null and r.flow_name::text = o.flow_name
                order by r.id
                limit :limit) r
            union all
            select 'failed', f.flow, last.id, last.state::text, null, 0, 0
            from pg_catalog.unnest(cast(:flows as text[])) as f (flow)
            cross join lateral (
                select r.id, r.state, r.reason
                from processing_run r
                where r.flow_name::text = f.flow and not r.dry_run
                order by r.id desc
                limit 1) last
            where last.state::text = 'failed' or (last.state::text = 'discovering' and last.reason is not null)
            union all
            select 'missed', s.flow_name::text, 0, null, null, 0, s.missed
            from run_schedule s
            """;

    private static final int MOST = 1_000;

    private final JdbcClient jdbc;

    RunsLook(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A run that has not ended.
     *
     * @param leader the identity of the replica that leads it, or did last; null before the first
     * @param sinceStep how long ago it took its last step: began, had a page added, was discovered, or had its records
     *     processed
     */
    public record OpenRun(
            String flow, long id, RunState state, @Nullable String leader, Duration sinceStep) {}

    /**
     * What was seen.
     *
     * @param open the first thousand of each flow, by flow and id
     * @param failed flows whose latest run has failed, or is about to
     * @param missed how many ticks were left out since the beginning, of flows that have or had a schedule
     */
    public record Seen(List<OpenRun> open, Set<String> failed, Map<String, Long> missed) {

        /** No runs. */
        public static final Seen NOTHING = new Seen(List.of(), Set.of(), Map.of());
    }

    /**
     * Looks once.
     *
     * @param flows of which is said whether their latest run has failed
     */
    public Seen look(Collection<String> flows) {
        var open = new ArrayList<OpenRun>();
        var failed = new TreeSet<String>();
        var missed = new TreeMap<String, Long>();
        jdbc.sql(LOOK)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .param("limit", MOST)
                .query(row -> {
                    String flow = row.getString("flow_name");
                    switch (row.getString("what")) {
                        case "open" -> open.add(openRun(flow, row));
                        case "failed" -> failed.add(flow);
                        default -> missed.put(flow, row.getLong("missed"));
                    }
                });
        return new Seen(open, failed, missed);
    }

    private static OpenRun openRun(String flow, ResultSet row) throws SQLException {
        long millis = Math.max(0, (long) (row.getDouble("seconds") * 1_000));
        return new OpenRun(
                flow,
                row.getLong("id"),
                RunState.of(row.getString("state")),
                row.getString("leader_id"),
                Duration.ofMillis(millis));
    }
}
