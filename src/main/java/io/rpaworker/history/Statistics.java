package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Adds to the statistics what a process has settled. */
@Component
class Statistics {

    // - All or nothing, and only once: an addition that was made, although nobody got the answer, has moved the
    // writer's
    //   number on.
    // - Rows are locked in the same order by everybody, so that two who add at once do not end in a deadlock.
    // - Causes that are new in this hour, or day, are let in until the flow has a hundred; two who add at once may both
    //   let some in. They are counted once for each flow: in a storm of errors there are very many that are not known.
    private static final String ADD = """
            with once as (
                insert into statistics_writer as w (id, additions, added_at) values (:writer, :addition, now())
                on conflict (id) do update set additions = excluded.additions, added_at = excluded.added_at
                where w.additions < excluded.additions
                returning 1
            ), given as materialized (
                select t.*
                from jsonb_to_recordset(cast(:flows as jsonb)) as t(
                    flow text, completed bigint, "retriedError" bigint, "retriedTimeout" bigint, "deadError" bigint,
                    "deadTimeout" bigint, "deadRejected" bigint, "deadPayload" bigint, "deadPoison" bigint,
                    released bigint, waits jsonb, runs jsonb)
                where exists (select from once)
            ), added as (
                insert into flow_statistics as s (
                    flow_name, span, starts_at, completed, retried_error, retried_timeout, dead_error, dead_timeout,
                    dead_rejected, dead_payload, dead_poison, released, wait_seconds, waits, run_seconds, runs)
                select g.flow, spans.span, date_trunc(spans.span, now(), 'UTC'), g.completed, g."retriedError",
                       g."retriedTimeout", g."deadError", g."deadTimeout", g."deadRejected", g."deadPayload",
                       g."deadPoison", g.released,
                       cast(g.waits ->> 'seconds'::text as double precision),
                       array(select cast(c as bigint) from pg_catalog.jsonb_array_elements_text(g.waits -> 'counts'::text) c),
                       cast(g.runs ->> 'seconds'::text as double precision),
                       array(select cast(c as bigint) from pg_catalog.jsonb_array_elements_text(g.runs -> 'counts'::text) c)
                from given g
                cross join (values ('minute'), ('hour'), ('day')) spans (span)
                order by spans.span, g.flow
                on conflict (span, starts_at, flow_name) do update
                set completed = s.completed + excluded.completed,
                    retried_error = s.retried_error + excluded.retried_error,
                    retried_timeout = s.retried_timeout + excluded.retried_timeout,
                    dead_error = s.dead_error + excluded.dead_error,
                    dead_timeout = s.dead_timeout + excluded.dead_timeout,
                    dead_rejected = s.dead_rejected + excluded.dead_rejected,
                    dead_payload = s.dead_payload + excluded.dead_payload,
                    dead_poison = s.dead_poison + excluded.dead_poison,
                    released = s.released + excluded.released,
                    wait_seconds = s.wait_seconds + excluded.wait_seconds,
                    waits = array(
                        select was + more
                        from unnest(s.waits, excluded.waits) with ordinality as u (was, more, place)
                        order by place),
                    run_seconds = s.run_seconds + excluded.run_seconds,
                    runs = array(
                        select was + more
                        from unnest(s.runs, excluded.runs) with ordinality as u (was, more, place)
                        order by place)
                returning 1
            ), spans (span) as (
                values ('hour'), ('day')
            ), there as materialized (
                select f.span::text as span, f.flow_name, f.kind, f.fingerprint
                from spans s
                join failure_statistics f on f.span::text = s.span and f.starts_at = date_trunc(s.span, now(), 'UTC')
            ), filled as materialized (
                select span, flow_name::text as flow, count(*) as causes
                from there
                where fingerprint::text <> 'other'
                group by span, flow_name::text
            ), told as (
                select s.span, c.*,
                       c.fingerprint = 'other' or t.flow_name is not null as known, coalesce(f.causes, 0) as causes
                from jsonb_to_recordset(cast(:causes as jsonb)) as c(
                    flow text, kind text, fingerprint text, attempts bigint, dead bigint, sample text)
                cross join spans s
                left join there t on t.span = s.span and t.flow_name::text = c.flow and t.kind::text = c.kind
                    and t.fingerprint::text = c.fingerprint
                left join filled f on f.span = s.span and f.flow = c.flow
                where exists (select from once)
            ), placed as (
                select span, flow, kind, attempts, dead, sample,
                       case when known
                                or row_number() over (
                                    partition by span, flow, known order by attempts desc, fingerprint) + causes
                                    <= :mostCauses
                            then fingerprint
                            else 'other'
                       end as fingerprint
                from told
            )
            insert into failure_statistics as f (
                flow_name, span, starts_at, kind, fingerprint, attempts, dead, first_seen, last_seen, sample)
            select flow, span, date_trunc(span, now(), 'UTC'), kind, fingerprint, sum(attempts), sum(dead), now(), now(),
                   min(sample)
            from placed
            group by span, flow, kind, fingerprint
            order by span, flow, kind, fingerprint
            on conflict (span, starts_at, flow_name, kind, fingerprint) do update
            set attempts = f.attempts + excluded.attempts, dead = f.dead + excluded.dead, last_seen = excluded.last_seen
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;

    Statistics(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    private record FlowCause(String flow, String kind, String fingerprint, long attempts, long dead, String sample) {}

    /**
     * Adds what a process has settled. Made again, it counts once.
     *
     * @param writer the process
     * @param number of this addition: greater than those of all that the process has made before
     */
    void add(UUID writer, long number, List<Addition> additions) {
        List<FlowCause> causes = additions.stream()
                .flatMap(flow -> flow.causes().stream()
                        .map(it -> new FlowCause(
                                flow.flow(), it.kind(), it.fingerprint(), it.attempts(), it.dead(), it.sample())))
                .toList();
        jdbc.sql(ADD)
                .param("writer", writer)
                .param("addition", number)
                .param("flows", json.writeValueAsString(additions))
                .param("causes", json.writeValueAsString(causes))
                .param("mostCauses", FlowTally.MOST_CAUSES)
                .update();
    }
}
