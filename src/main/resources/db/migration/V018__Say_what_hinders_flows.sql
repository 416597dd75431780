-- What hinders flows on a replica: [{"flow": "<flow>", "awaited": [{"source", "waiting", "reason"}], "hanging": [{"records",
-- "attempt", "running_for", "stuck"}], "slots", "stuck", "obeys": "<paused_at of the pause that it obeys>"}]. Durations are
-- ISO texts and were true at conditions_at. Flows that nothing hinders are left out. Null of a release that does not say.
alter table worker_instance
    add column conditions jsonb,
    add column conditions_at timestamptz;

-- As before, and what live replicas wait for.
create or replace function told_flow(flow text) returns setof text language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
declare
    pause record;
    hosts text[];
    silent bigint;
    handled text[];
begin
    select c.* into pause
    from "${flyway:defaultSchema}".flow_control c
    where c.flow_name = flow and coalesce(c.paused_until, 'infinity') > statement_timestamp();
    if found then
        return next format('Flow %s is paused by %s %s (paused_at %s), until %s%s', flow, pause.paused_by,
            "${flyway:defaultSchema}".told_distance(pause.paused_at), "${flyway:defaultSchema}".told_moment(pause.paused_at),
            coalesce("${flyway:defaultSchema}".told_moment(pause.paused_until), 'somebody resumes it'),
            "${flyway:defaultSchema}".told_words(pause.reason));
    end if;

    select coalesce(array_agg(i.host order by i.host) filter (where i.handlers -> flow is not null), '{}'),
           count(*) filter (where i.handlers is null)
    into hosts, silent
    from "${flyway:defaultSchema}".worker_instance i
    where i.ended_at is null and i.lease_until > statement_timestamp();
    if hosts <> '{}' then
        return next format('Flow %s is handled by %s: %s%s', flow,
            case cardinality(hosts) when 1 then '1 live replica' else cardinality(hosts) || ' live replicas' end,
            array_to_string(hosts[:10], ', '), case when cardinality(hosts) > 10 then ', ...' else '' end);
    elsif silent > 0 then
        return next format('No live replica says that it handles flow %s; %s, of an older release, may without saying so',
            flow, silent);
    else
        select coalesce(array_agg(distinct said.name order by said.name), '{}') into handled
        from "${flyway:defaultSchema}".worker_instance i
        cross join lateral jsonb_object_keys(
            case when jsonb_typeof(i.handlers) = 'object' then i.handlers else '{}' end) said (name)
        where i.ended_at is null and i.lease_until > statement_timestamp();
        return next format('No live replica handles flow %s%s', flow,
            case when handled = '{}' then ', nor any other'
                 else '; what live ones handle is ' || array_to_string(handled[:10], ', ')
                     || case when cardinality(handled) > 10 then ', ...' else '' end end);
    end if;

    return query
        select format('Replica %s waits for source %s, %s%s', i.host, awaited ->> 'source',
            "${flyway:defaultSchema}".told_distance(i.conditions_at - (awaited ->> 'waiting')::interval),
            "${flyway:defaultSchema}".told_words(awaited ->> 'reason'))
        from "${flyway:defaultSchema}".worker_instance i
        cross join lateral jsonb_path_query(i.conditions, '$[*] ? (@.flow == $flow).awaited[*]',
            jsonb_build_object('flow', flow), true) awaited
        where i.ended_at is null and i.lease_until > statement_timestamp()
        order by i.host, awaited ->> 'source'
        limit 10;
end $$;

-- Sources are in rpa_db now.
do $$
begin
    execute replace(pg_get_functiondef('"${flyway:defaultSchema}".rpa_explain(bigint)'::regprocedure),
        'Limits, sources and shares are not in rpa_db', 'Limits and shares are not in rpa_db');
end $$;
