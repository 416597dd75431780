-- What operators order over HTTP, for DBAs in SQL: docs/dba.md, Operating in SQL. Each order is written down in
-- operator_action, in the transaction that it is given in.
--
-- They run as their owner, so that whoever may call them needs no right to write to a table, and cannot leave out the
-- note. There current_user is the owner: who gives the order is session_user, the role that has logged in, whatever
-- role it has set. As V009: nothing is found but in pg_catalog; and those of this schema are called with just the types
-- that they have, since another one of the name might fit better.

-- A moment as JSON has it, to the millisecond.
create function told_moment(moment timestamptz) returns text language sql stable
    set search_path = pg_catalog, pg_temp as $$
    select case
        when isfinite(moment) then
            replace(to_char(timezone('UTC', moment), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z')
        else moment::text end
$$;

-- How far it is from now, in its two largest units: "for 5 min 3 s", "in 1.5 s".
create function told_distance(moment timestamptz) returns text language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
declare
    seconds numeric;
begin
    if not isfinite(moment) then
        return case when moment > statement_timestamp() then 'never' else 'since ever' end;
    end if;
    seconds := abs(extract(epoch from statement_timestamp() - moment)::numeric);
    return case when moment > statement_timestamp() then 'in ' else 'for ' end || case
        when seconds = 0 then '0 s'
        when seconds < 0.1 then ceil(seconds * 1000) || ' ms'
        when seconds < 60 then trim_scale(trunc(seconds, 1)) || ' s'
        when seconds < 3600 then
            div(seconds, 60) || ' min' || coalesce(' ' || nullif(trunc(mod(seconds, 60)), 0) || ' s', '')
        when seconds < 86400 then
            div(seconds, 3600) || ' h' || coalesce(' ' || nullif(div(mod(seconds, 3600), 60), 0) || ' min', '')
        else div(seconds, 86400) || ' d' || coalesce(' ' || nullif(div(mod(seconds, 86400), 3600), 0) || ' h', '') end;
end $$;

-- What somebody wrote, as the end of a sentence.
create function told_words(words text) returns text language sql immutable
    set search_path = pg_catalog, pg_temp as $$
    select coalesce(': ' || nullif(btrim(regexp_replace(left(words, 200), '\s+', ' ', 'g')), ''), '')
$$;

-- What a flow's records meet: a pause, and which live replicas handle them.
create function told_flow(flow text) returns setof text language plpgsql stable
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
end $$;

-- Which dead letters were meant, as DeadLetterFilter is written down.
create function told_filter(flow text, fingerprint text, id bigint, kind text) returns jsonb language sql immutable
    set search_path = pg_catalog, pg_temp as $$
    select jsonb_build_object('flow', flow, 'kind', upper(kind), 'error', null, 'fingerprint', fingerprint,
        'failedFrom', null, 'failedBefore', null, 'runId', null, 'id', id)
$$;

create function rpa_pause(flow text, reason text default '', until timestamptz default null) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    was_paused boolean;
begin
    if until <= clock_timestamp() then
        raise exception 'until (%) is not in the future', "${flyway:defaultSchema}".told_moment(until)
            using errcode = 'invalid_parameter_value';
    end if;
    until := nullif(until, 'infinity');
    reason := coalesce(reason, '');
    if not exists (
            select from "${flyway:defaultSchema}".flow_control c where c.flow_name = flow
            union all
            select from "${flyway:defaultSchema}".worker_instance i
            where i.handlers -> flow is not null and i.ended_at is null and i.lease_until > clock_timestamp()
            union all
            select from "${flyway:defaultSchema}".queue_total t
            where t.flow_name = flow
            group by t.flow_name
            having sum(t.records) > 0) then
        raise exception 'No record, replica or pause knows flow %', flow using errcode = 'invalid_parameter_value';
    end if;
    was_paused := exists (
        select from "${flyway:defaultSchema}".flow_control c
        where c.flow_name = flow and coalesce(c.paused_until, 'infinity') > clock_timestamp());
    insert into "${flyway:defaultSchema}".flow_control (flow_name, paused_by, paused_until, reason)
    values (flow, session_user, until, rpa_pause.reason)
    on conflict (flow_name) do update
    set paused_by = excluded.paused_by, paused_at = excluded.paused_at, paused_until = excluded.paused_until,
        reason = excluded.reason;
    insert into "${flyway:defaultSchema}".operator_action (actor, action, flow_name, details, records, reason)
    values (session_user, 'pause', flow, jsonb_build_object('until', "${flyway:defaultSchema}".told_moment(until)), 0,
        rpa_pause.reason);
    return not was_paused;
end $$;

create function rpa_resume(flow text, reason text default '') returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    was_paused boolean;
begin
    delete from "${flyway:defaultSchema}".flow_control c
    where c.flow_name = flow
    returning coalesce(c.paused_until, 'infinity') > clock_timestamp() into was_paused;
    -- A pause whose time is over is none: its row goes, and nothing is changed by that.
    if not coalesce(was_paused, false) then
        return false;
    end if;
    insert into "${flyway:defaultSchema}".operator_action (actor, action, flow_name, records, reason)
    values (session_user, 'resume', flow, 0, coalesce(rpa_resume.reason, ''));
    return true;
end $$;

-- What DeadLetterActions does, in one transaction, the caller's. A record that killed processes stays a suspect.
create function rpa_retry(flow text, fingerprint text default null, id bigint default null, kind text default null,
        reason text default '') returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed bigint;
begin
    if flow is null and id is null then
        raise exception 'Say which flow''s dead letters, or which one by its id' using errcode = 'invalid_parameter_value';
    end if;
    with meant as materialized (
        select q.id
        from "${flyway:defaultSchema}".processing_queue q
        where q.failed_at is not null and q.next_retry_at is null and q.status = 'failed'
          and (rpa_retry.flow is null or q.flow_name = rpa_retry.flow)
          and (rpa_retry.kind is null or q.failure_kind = rpa_retry.kind)
          and (rpa_retry.fingerprint is null or q.failure_fingerprint = rpa_retry.fingerprint)
          and (rpa_retry.id is null or q.id = rpa_retry.id)
          -- Whoever cancelled a record meant it: it is tried again if it is asked for, and not among others.
          and (q.failure_kind is distinct from 'cancelled'
              or num_nonnulls(rpa_retry.kind, rpa_retry.fingerprint, rpa_retry.id) > 0)
        order by q.failed_at, q.id
        for no key update skip locked
    ), retried as (
        update "${flyway:defaultSchema}".processing_queue q
        set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
            failure_kind = null, failure_fingerprint = null, retry_count = 0, crash_count = least(q.crash_count, 2),
            available_at = now(), updated_at = now()
        where q.id = any (array(select m.id from meant m)) and q.status = 'failed'
        returning q.id
    ), uncancelled as (
        delete from "${flyway:defaultSchema}".record_cancellation c where c.record_id = any (array(select r.id from retried r))
    )
    select count(*) into changed from retried;
    if changed > 0 then
        insert into "${flyway:defaultSchema}".operator_action (actor, action, flow_name, details, records, reason)
        values (session_user, 'retry', flow, "${flyway:defaultSchema}".told_filter(flow, fingerprint, id, kind), changed,
            coalesce(rpa_retry.reason, ''));
    end if;
    return changed;
end $$;

create function rpa_discard(flow text, fingerprint text default null, id bigint default null, kind text default null,
        reason text default '') returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed bigint;
begin
    if flow is null and id is null then
        raise exception 'Say which flow''s dead letters, or which one by its id' using errcode = 'invalid_parameter_value';
    end if;
    if num_nonnulls(fingerprint, id, kind) = 0 then
        raise exception 'Say which dead letters of flow % by fingerprint, id or kind: all of them are not discarded', flow
            using errcode = 'invalid_parameter_value';
    end if;
    with meant as materialized (
        select q.id
        from "${flyway:defaultSchema}".processing_queue q
        where q.failed_at is not null and q.next_retry_at is null and q.status = 'failed'
          and (rpa_discard.flow is null or q.flow_name = rpa_discard.flow)
          and (rpa_discard.kind is null or q.failure_kind = rpa_discard.kind)
          and (rpa_discard.fingerprint is null or q.failure_fingerprint = rpa_discard.fingerprint)
          and (rpa_discard.id is null or q.id = rpa_discard.id)
        order by q.failed_at, q.id
        for update skip locked
    ), discarded as (
        delete from "${flyway:defaultSchema}".processing_queue q
        where q.id = any (array(select m.id from meant m)) and q.status = 'failed' and q.next_retry_at is null
        returning q.id
    )
    select count(*) into changed from discarded;
    if changed > 0 then
        insert into "${flyway:defaultSchema}".operator_action (actor, action, flow_name, details, records, reason)
        values (session_user, 'discard', flow, "${flyway:defaultSchema}".told_filter(flow, fingerprint, id, kind), changed,
            coalesce(rpa_discard.reason, ''));
    end if;
    return changed;
end $$;

create function rpa_explain(id bigint) returns setof text language plpgsql stable
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    q record;
    held record;
    cancellation record;
    due boolean;
    failures text;
    sooner bigint;
begin
    select r.flow_name, r.status, r.retry_count, r.crash_count, r.available_at, r.claimed_at, r.completed_at, r.failed_at,
           r.next_retry_at, r.failure_kind, r.flow_instance_id, r.claim_id, left(r.error_message, 200) as error
    into q
    from "${flyway:defaultSchema}".processing_queue r
    where r.id = rpa_explain.id;
    if not found then
        return next format('There is no record %s', id);
        return;
    end if;
    return next format('Record %s of flow %s is %s', id, q.flow_name, q.status);
    failures := case when q.retry_count = 1 then 'once' else greatest(q.retry_count, 0) || ' times' end;

    if q.status = 'pending' then
        due := q.available_at <= statement_timestamp();
        if q.retry_count > 0 then
            return next format('It has failed %s so far', failures);
        end if;
        return next format(case when due then 'It has been due %s (available_at %s)' else 'It is due %s (available_at %s)' end,
            "${flyway:defaultSchema}".told_distance(q.available_at), "${flyway:defaultSchema}".told_moment(q.available_at));
        return query select "${flyway:defaultSchema}".told_flow(q.flow_name::text);
        if due and q.crash_count > 1 then
            return next format('It waits to run alone: it was under way in %s crashes', q.crash_count);
        elsif due then
            -- From the record backwards, as Records does: forwards it would go on beyond the record.
            select count(*) into sooner
            from (
                select
                from "${flyway:defaultSchema}".processing_queue r
                where r.flow_name = q.flow_name and r.claimed_at is null
                  and (r.available_at, r.id) < (q.available_at, rpa_explain.id)
                order by r.available_at desc, r.id desc
                limit 10000) r;
            if sooner > 0 then
                return next format(case when sooner < 10000 then 'Up to %s records of its flow are before it'
                    else 'At least %s records of its flow are before it' end, to_char(sooner, 'FM99,999'));
            end if;
            return next format('Limits, sources and shares are not in rpa_db: /actuator/records/%s of a replica tells of them', id);
        end if;

    elsif q.status = 'processing' and q.claim_id is null then
        return next format('It was claimed by a Python worker (%s) at %s, without a lease; it is recovered once its claim is'
            ' older than cleanup-timeout', coalesce(q.flow_instance_id, 'it does not say which'),
            "${flyway:defaultSchema}".told_moment(q.claimed_at));
        return query select "${flyway:defaultSchema}".told_flow(q.flow_name::text);

    elsif q.status = 'processing' then
        select c.instance_id, c.claimed_at, c.isolated, w.lease_until,
               w.ended_at is not null or w.lease_until <= statement_timestamp() as over
        into held
        from "${flyway:defaultSchema}".processing_claim c
        left join "${flyway:defaultSchema}".worker_instance w on w.id = c.instance_id
        where c.claim_id = q.claim_id;
        if not found then
            return next 'It is processing under a claim that has no row: it is found by a walk and made pending again';
        else
            return next format('It is claimed by %s and under way %s; %s', held.instance_id,
                "${flyway:defaultSchema}".told_distance(held.claimed_at), case
                when held.lease_until is null then 'that replica is not known any more, so recovery makes it pending again'
                when held.over then 'that replica''s lease has ended, so recovery makes it pending again'
                else 'its lease ends ' || "${flyway:defaultSchema}".told_distance(held.lease_until) end);
            if held.isolated then
                return next format('It runs alone: it was under way in %s crashes', q.crash_count);
            end if;
        end if;

    elsif q.status = 'completed' then
        return next format('It completed%s after %s',
            coalesce(' at ' || "${flyway:defaultSchema}".told_moment(q.completed_at), ''),
            case when q.retry_count > 0 then q.retry_count + 1 || ' attempts' else '1 attempt' end);

    elsif q.status = 'failed' then
        if q.next_retry_at is null then
            return next format('It is a dead letter of kind %s%s: no attempt is due', coalesce(q.failure_kind, 'unknown'),
                coalesce(' since ' || "${flyway:defaultSchema}".told_moment(q.failed_at), ''));
        else
            return next format(case when q.next_retry_at <= statement_timestamp()
                then 'It has failed %s; the next attempt has been due %s (next_retry_at %s)'
                else 'It has failed %s; the next attempt is due %s (next_retry_at %s)' end,
                failures, "${flyway:defaultSchema}".told_distance(q.next_retry_at),
                "${flyway:defaultSchema}".told_moment(q.next_retry_at));
            return query select "${flyway:defaultSchema}".told_flow(q.flow_name::text);
        end if;
        if q.error is not null then
            return next 'It has failed with' || "${flyway:defaultSchema}".told_words(q.error);
        end if;

    else
        return next format('Its status ''%s'' is not the worker''s; it is left alone', q.status);
    end if;

    select c.* into cancellation
    from "${flyway:defaultSchema}".record_cancellation c
    where c.record_id = rpa_explain.id;
    if found then
        return next format('%s has cancelled it, which interrupts it where it runs%s', cancellation.asked_by,
            "${flyway:defaultSchema}".told_words(cancellation.reason));
    end if;
end $$;

comment on function rpa_pause(text, text, timestamptz) is
    'Pauses a flow in the whole cluster, until a time if one is given: nothing of it is claimed. Replaces a pause that is '
    'there already. Answers whether it was not paused before.';
comment on function rpa_resume(text, text) is
    'Ends the pause of a flow. Answers whether it was paused.';
comment on function rpa_retry(text, text, bigint, text, text) is
    'Makes dead letters of a flow pending again, with all their attempts: all of them, those of a fingerprint or a kind, or '
    'the one with an id. Cancelled ones only by their kind, fingerprint or id. Answers how many.';
comment on function rpa_discard(text, text, bigint, text, text) is
    'Deletes dead letters of a flow: those of a fingerprint or a kind, or the one with an id. Answers how many.';
comment on function rpa_explain(bigint) is
    'Says in sentences what is happening to a record, or why nothing is.';

-- docs/sql/roles.sql lets rpa_operator call the first five. The others are only called by these.
revoke execute on function rpa_pause(text, text, timestamptz), rpa_resume(text, text),
    rpa_retry(text, text, bigint, text, text), rpa_discard(text, text, bigint, text, text), rpa_explain(bigint),
    told_flow(text), told_filter(text, text, bigint, text), told_moment(timestamptz), told_distance(timestamptz),
    told_words(text) from public;
