package io.rpaworker.queue.run;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import io.rpaworker.database.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads runs, and how far they are. */
@Component
public class RunList {

    // One of four ways, each by its own index: those that have ended in a state, those that have not ended, those of a
    // flow, all. Which one a parameter says, so that the others are not walked whatever plan is kept.
    private static final String LATEST = """
            with meant as (
                (select r.id
                 from processing_run r
                 where cast(:way as text) = 'ended'::text and r.ended_at is not null
                   and r.state::text = cast(:state as text) and r.id < :before
                   and (cast(:flow as text) is null or r.flow_name::text = cast(:flow as text))
                 order by r.id desc
                 limit :limit)
                union all
                (select r.id
                 from processing_run r
                 where cast(:way as text) = 'open'::text and r.ended_at is null and r.id < :before
                   and (cast(:flow as text) is null or r.flow_name::text = cast(:flow as text))
                   and (cast(:state as text) is null or r.state::text = cast(:state as text))
                 order by r.id desc
                 limit :limit)
                union all
                (select r.id
                 from processing_run r
                 where cast(:way as text) = 'flow'::text and r.flow_name::text = cast(:flow as text) and r.id < :before
                 order by r.id desc
                 limit :limit)
                union all
                (select r.id
                 from processing_run r
                 where cast(:way as text) = 'all'::text and r.id < :before
                 order by r.id desc
                 limit :limit)
            )
            select r.id, r.flow_name, r.trigger, r.tick, r.parameters::text as parameters, r.parameters_hash, r.dry_run, r.state,
                   r.reason, r.round, r.cursor, r.pages, r.discovered,
                   (r.counts ->> 'records'::text)::bigint as records, (r.counts ->> 'completed'::text)::bigint as completed,
                   (r.counts ->> 'failed'::text)::bigint as failed, (r.counts ->> 'cancelled'::text)::bigint as cancelled,
                   r.actor, r.leader_id, r.leader_since, r.leader_term, r.created_at, r.started_at, r.discovered_at,
                   r.processed_at, r.ended_at
            from processing_run r
            where r.id = any (array(select m.id from meant m))
            order by r.id desc
            """;

    // One walk over the run's rows, which are folded into a row for each thing that may be told of them: of what is
    // under
    // way each replica, of the run's own parts each that has not ended, of all else one for each state.
    private static final String PROGRESS = """
            with folded as (
                select q.flow_name::text = cast(:flow as text) as own,
                       case when q.status::text = 'failed' and q.next_retry_at is not null then 'retrying'
                            when q.status::text = 'failed' and q.failure_kind::text = 'cancelled' then 'cancelled'
                            else q.status::text end as what,
                       case when q.status::text = 'processing' then q.flow_instance_id::text end as replica,
                       case when q.flow_name::text <> cast(:flow as text)
                                 and (q.status::text in ('pending', 'processing') or q.next_retry_at is not null)
                            then q.id end as part,
                       count(*) as records,
                       count(*) filter (where q.status::text = 'completed'
                           and q.completed_at > now() - make_interval(secs => :seconds)) as just_now,
                       min(q.claimed_at) filter (where q.status::text = 'processing') as since,
                       min(q.next_retry_at) as retry_at,
                       min(q.available_at) filter (where q.status::text = 'pending') as available_at
                from processing_queue q
                where q.run_id = :run and q.run_key is not null
                group by 1, 2, 3, 4
            )
            select f.own, f.what, f.replica, f.records, f.just_now, f.since, f.retry_at, f.available_at, f.part,
                   p.kind, p.number, p.error
            from folded f
            left join lateral (
                select q.payload ->> 'kind'::text as kind, q.payload ->> 'number'::text as number,
                       left(q.error_message, 2000) as error
                from processing_queue q
                where q.id = f.part
                offset 0) p on true
            """;

    private static final String NOW = """
            select now()
            """;

    private static final String ERRORS = """
            select q.id, q.failed_at, q.failure_kind::text as kind, left(coalesce(q.error_message, ''), 500) as error
            from processing_queue q
            where q.run_id = :run and q.run_id is not null and coalesce(q.run_key, '') <> '' and q.failed_at is not null
              and q.status::text = 'failed' and q.next_retry_at is null
              and q.failure_kind::text is distinct from 'cancelled'
            order by q.failed_at desc, q.id desc
            limit :limit
            """;

    private final JdbcClient jdbc;

    RunList(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Which runs are asked for.
     *
     * @param flow null for those of all flows
     * @param state null for any
     * @param openOnly only those that have not ended
     * @param before only those with a smaller id
     * @param limit most of them
     */
    public record Asked(@Nullable String flow, @Nullable RunState state, boolean openOnly, long before, int limit) {

        // Nothing has ended, and has not.
        private String way() {
            if (openOnly || (state != null && !state.isEnded())) {
                return "open";
            }
            if (state != null) {
                return "ended";
            }
            return flow == null ? "all" : "flow";
        }
    }

    /** A dead letter of a run. */
    public record DeadRecord(
            long recordId, Instant failedAt, @Nullable String kind, String error) {}

    /** The run with this id. */
    public Optional<Run> find(long run) {
        return RunRows.find(jdbc, run);
    }

    /** What PostgreSQL's clock shows; with it a run's times are to be compared. */
    public Instant now() {
        return jdbc.sql(NOW).query(OffsetDateTime.class).single().toInstant();
    }

    /** Some runs, the last first. */
    public List<Run> latest(Asked asked) {
        return jdbc.sql(LATEST)
                .param("flow", asked.flow())
                .param("state", asked.state() == null ? null : asked.state().column())
                .param("way", asked.way())
                .param("before", asked.before())
                .param("limit", asked.limit())
                .query(Run::of)
                .list();
    }

    /** How far the records of a run are: reads each of them, a million in less than a second where they are cached. */
    public RunProgress progress(Run run) {
        return RunProgress.of(jdbc.sql(PROGRESS)
                .param("run", run.id())
                .param("flow", run.flow())
                .param("seconds", Seconds.of(RunProgress.RATE_WINDOW))
                .query((row, rowNumber) -> fold(row))
                .list());
    }

    private static RunProgress.Fold fold(ResultSet row) throws SQLException {
        return new RunProgress.Fold(
                row.getBoolean("own"),
                row.getString("what"),
                row.getString("replica"),
                row.getLong("records"),
                row.getLong("just_now"),
                Timestamps.find(row, "since"),
                Timestamps.find(row, "retry_at"),
                Timestamps.find(row, "available_at"),
                row.getObject("part", Long.class),
                row.getString("kind"),
                row.getLong("number"),
                row.getString("error"));
    }

    /** The last dead letters of a run, its own parts among them, the last first. */
    public List<DeadRecord> errors(long run, int limit) {
        return jdbc.sql(ERRORS)
                .param("run", run)
                .param("limit", limit)
                .query((row, rowNumber) -> new DeadRecord(
                        row.getLong("id"),
                        Timestamps.of(row, "failed_at"),
                        row.getString("kind"),
                        row.getString("error")))
                .list();
    }
}
