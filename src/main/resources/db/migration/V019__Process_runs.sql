-- Runs: a flow's records that are discovered, processed and ended together. Every part of a run is a record, of the flow or of
-- the two beside it, <flow>/run for discovery and <flow>/end for what is done once at the end; so whatever holds for records
-- holds for them. docs/runs.md tells of them, the package-info of queue.run how they are kept.
set local statement_timeout = 0;
set local lock_timeout = '60s';

create table processing_run (
    id bigint generated always as identity primary key,
    flow_name varchar(96) not null,
    trigger varchar(10) not null check (trigger in ('schedule', 'operator', 'api')),
    -- The planned time of a run that a schedule has started.
    tick timestamptz,
    parameters jsonb not null default '{}' check (jsonb_typeof(parameters) = 'object'),
    -- Of the flow and the parameters: whether the same is under way already.
    parameters_hash varchar(32) not null,
    -- Pages are read and counted, nothing is added.
    dry_run boolean not null default false,
    state varchar(25) not null check (state in ('queued', 'discovering', 'processing', 'post_processing',
        'completed', 'completed_with_failures', 'failed', 'cancelling', 'cancelled')),
    -- Why it has failed, or is about to; who cancelled it and why.
    reason text,
    -- Grows when a run that has ended, or is about to, has something to do again. Each round ends once.
    round integer not null default 1,
    -- Grows with each transaction that has something of it run again, and which was the last: who has counted before knows that
    -- his count is old.
    revivals bigint not null default 0,
    revived_by xid8,
    -- Where discovery goes on; null at the beginning, and when it is over.
    cursor text,
    -- How many pages have been read, and how many records they had.
    pages bigint not null default 0,
    discovered bigint not null default 0,
    -- How many records it had at its last end, by what became of them; null before.
    counts jsonb,
    actor text not null check (actor <> ''),
    -- The replica that leads it or did last: whoever has its latest part. The term grows when that changes.
    leader_id varchar(100),
    leader_since timestamptz,
    leader_term bigint not null default 0,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    discovered_at timestamptz,
    processed_at timestamptz,
    ended_at timestamptz,
    check ((ended_at is not null) = (state in ('completed', 'completed_with_failures', 'failed', 'cancelled')))
);
create unique index processing_run_tick on processing_run (flow_name, tick) where tick is not null;
create index processing_run_open on processing_run (flow_name, id) where ended_at is null;
create index processing_run_flow on processing_run (flow_name, id);
create index processing_run_state on processing_run (state, id) where ended_at is not null;
create index processing_run_ended on processing_run (ended_at) where ended_at is not null;
-- Each page changes its run's row.
alter table processing_run set (fillfactor = 50);

-- One row per flow that has a schedule: up to when its ticks have been looked for, and how many were left out.
create table run_schedule (
    flow_name varchar(96) primary key,
    schedule text not null,
    looked_until timestamptz not null,
    missed bigint not null default 0,
    missed_at timestamptz,
    missed_reason text
);
alter table run_schedule set (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- A run's records have a key of their own, once per run: by record_key, once per flow, a second night would add nothing. None of
-- the columns has a default, so that rows stay as they are, and no index is on a column that a completion changes. A record with
-- a run_id and no run_key, as others had before there were runs, is in no run.
alter table processing_queue
    add column run_key text,
    add column parent_id bigint,
    add column depth smallint;
create unique index processing_queue_run_key on processing_queue (run_id, run_key) where run_key is not null;
create index processing_queue_run_waiting on processing_queue (run_id) where claimed_at is null and run_id is not null;
create index processing_queue_run_failures on processing_queue (run_id) where failed_at is not null and run_id is not null;
create index processing_queue_run_retries on processing_queue (run_id) where next_retry_at is not null and run_id is not null;

-- A run goes on when one of its records is to run again that had ended: a dead letter that is tried again, by whomever and
-- however. Whoever makes it so holds the run's row until he commits, and whoever ends runs asks for that row first: so the one
-- knows of the other. A run that has not ended stays as it is, but for the count of such transactions.
create function run_goes_on(run bigint, flow text, part text) returns void language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
declare
    held record;
begin
    select r.state, r.round, r.discovered_at, r.revived_by = pg_current_xact_id() as noted,
           flow = r.flow_name || '/end' as ends into held
    from "${flyway:defaultSchema}".processing_run r
    where r.id = run
    for update;
    -- An end of an earlier round finds that it is over.
    if not found or (held.ends and part <> '#end:' || held.round) then
        return;
    end if;
    if held.state in ('queued', 'discovering', 'processing', 'cancelling') then
        if held.noted is not true then
            update "${flyway:defaultSchema}".processing_run r
            set revivals = r.revivals + 1, revived_by = pg_current_xact_id()
            where r.id = run;
        end if;
        return;
    end if;
    update "${flyway:defaultSchema}".processing_run r
    set state = case
            when held.ends then 'post_processing'
            when held.discovered_at is null then 'discovering'
            else 'processing' end,
        round = case when held.ends then held.round else held.round + 1 end,
        revivals = r.revivals + 1, revived_by = pg_current_xact_id(), reason = null, processed_at = null, ended_at = null
    where r.id = run;
end $$;
revoke execute on function run_goes_on(bigint, text, text) from public;

-- As V009, and a run goes on with its record.
create or replace function processing_queue_mend() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.status = 'completed' and new.status in ('pending', 'processing', 'failed')
            and not coalesce(nullif(current_setting('rpa.reopen', true), ''), 'off')::boolean then
        raise exception 'record % of flow "%" is completed and cannot become %: its effect is in rpa_db',
                old.id, old.flow_name, new.status
            using errcode = 'check_violation', constraint = 'keep_completed', table = 'processing_queue',
                hint = 'To have it run again, and its effect repeated: begin; set local rpa.reopen = on; update ...; commit';
    end if;
    -- Whatever somebody calls a state that the worker does not know: it had ended.
    if new.run_key is not null
            and (new.status in ('pending', 'processing') or (new.status = 'failed' and new.next_retry_at is not null))
            and old.status not in ('pending', 'processing') and old.next_retry_at is null then
        perform "${flyway:defaultSchema}".run_goes_on(new.run_id, new.flow_name, new.run_key);
        if new.status = 'pending' and new.updated_at <> old.updated_at and num_nonnulls(new.claimed_at, new.claim_id,
                new.flow_instance_id, new.completed_at, new.failed_at, new.next_retry_at) = 0 then
            return null;
        end if;
    end if;
    -- From the row as it is by now: another trigger may have changed it once more.
    update "${flyway:defaultSchema}".processing_queue q
    set updated_at = now(),
        claimed_at = case when q.status <> 'pending' then coalesce(q.claimed_at, now()) end,
        claim_id = case
            when q.status = 'processing' and old.status <> 'processing' and q.claim_id = old.claim_id then null
            when q.status = 'processing' then nullif(q.claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            when q.status in ('completed', 'failed') then
                coalesce(nullif(q.claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), '00000000-0000-0000-0000-000000000000')
            when q.status <> 'pending' then 'ffffffff-ffff-ffff-ffff-ffffffffffff' end,
        flow_instance_id = case when q.status <> 'pending' then q.flow_instance_id end,
        completed_at = case when q.status <> 'pending' then q.completed_at end,
        failed_at = case when q.status = 'failed' then coalesce(q.failed_at, now()) end,
        next_retry_at = case when q.status = 'failed' then q.next_retry_at end,
        failure_kind = case when q.status = 'failed' then coalesce(q.failure_kind, 'unknown') end,
        failure_fingerprint = case when q.status = 'failed' then q.failure_fingerprint end
    where q.id = new.id;
    -- A policy, or somebody's trigger, that keeps it from being mended would have it never be claimed.
    if not found then
        raise exception 'record % cannot be mended after an update', new.id;
    end if;
    return null;
end $$;

-- As V009, but for the run where a record becomes what it is not after an end: claims and completions, which are nearly all, ask
-- for no more than before.
drop trigger mend_after_update on processing_queue;
create trigger mend_after_update
    after update on processing_queue
    for each row
    when (
        case
            when new.status::text = 'completed' then
                new.claimed_at is null or coalesce(new.claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                    = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
                or new.failed_at is not null or new.next_retry_at is not null
            when new.status::text = 'processing' then
                old.status::text = 'completed' or new.claimed_at is null
                or (new.claim_id = old.claim_id and old.status::text <> 'processing')
                or new.failed_at is not null or new.next_retry_at is not null
                or (new.run_id is not null and old.next_retry_at is null
                    and old.status::text not in ('pending', 'processing'))
            when new.status::text = 'pending' then
                old.status::text = 'completed'
                or pg_catalog.num_nonnulls(new.claimed_at, new.claim_id, new.flow_instance_id, new.completed_at,
                    new.failed_at, new.next_retry_at) > 0
                or (new.run_id is not null and old.next_retry_at is null
                    and old.status::text not in ('pending', 'processing'))
            when new.status::text = 'failed' then
                old.status::text = 'completed' or new.claimed_at is null or new.failed_at is null
                or coalesce(new.claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff') = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
                or (new.run_id is not null and new.next_retry_at is not null and old.next_retry_at is null
                    and old.status::text not in ('pending', 'processing'))
            else
                new.claimed_at is null or new.claim_id is distinct from 'ffffffff-ffff-ffff-ffff-ffffffffffff'
                or new.failed_at is not null or new.next_retry_at is not null
        end
        or (new.updated_at = old.updated_at
            and new.updated_at not between now() - interval '1 second' and now() + interval '1 second'))
    execute function processing_queue_mend();

-- As V011, and what a run's record is known by.
create or replace function read_payloads(claim uuid, ids bigint[], most_bytes bigint, most_payload bigint)
    returns table (id bigint, key text, content text, flaw text) language plpgsql stable as $$
#variable_conflict use_column
declare
    asked bigint;
    held record;
    bytes bigint := 0;
begin
    foreach asked in array ids loop
        exit when bytes >= most_bytes;
        begin
            select q.id, coalesce(q.record_key, q.run_key) as key, q.payload into held
            from "${flyway:defaultSchema}".processing_queue q
            where q.id = asked and q.claim_id = claim and q.status::text = 'processing';
            continue when not found;
            id := held.id;
            key := held.key;
            select t.content, t.flaw into content, flaw from "${flyway:defaultSchema}".payload_text(held.payload, most_payload) t;
        exception
            when insufficient_resources then
                continue;
            when operator_intervention or system_error or transaction_rollback then
                raise;
            when others then
                id := asked;
                key := null;
                content := null;
                flaw := pg_catalog.format('It cannot be read: %s', sqlerrm);
        end;
        bytes := bytes + coalesce(pg_catalog.octet_length(content), 0);
        return next;
    end loop;
end $$;

-- Whoever notes what is done to records is a worker: as V013 did for its tables, from now on by a function.
create function grant_to_workers(rights text, tables text) returns void language plpgsql
    set search_path = pg_catalog, pg_temp as $$
declare
    worker record;
begin
    for worker in
        select distinct case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as name
        from pg_class c
        cross join lateral aclexplode(c.relacl) a
        where c.oid = to_regclass('"${flyway:defaultSchema}".operator_action')
          and a.privilege_type = 'INSERT' and a.grantee <> c.relowner
    loop
        execute format('grant %s on table %s to %s', rights, tables, worker.name);
    end loop;
end $$;
revoke execute on function grant_to_workers(text, text) from public;
select grant_to_workers('select, insert, update, delete',
    '"${flyway:defaultSchema}".processing_run, "${flyway:defaultSchema}".run_schedule');

-- The old system's table of this name, for dashboards that read it; where it is still there, it stays as it is.
do $$
begin
    if to_regclass('"${flyway:defaultSchema}".flow_execution_logs') is null then
        create view "${flyway:defaultSchema}".flow_execution_logs as
            select r.id, r.flow_name, r.id::text as flow_run_id, 'rpa_db' as database_name,
                   timezone('UTC', r.started_at) as execution_start, timezone('UTC', r.ended_at) as execution_end,
                   (1000 * extract(epoch from r.ended_at - r.started_at))::bigint as execution_duration_ms,
                   case when r.ended_at is null then 'running' else r.state end as status,
                   (r.counts ->> 'completed')::bigint + (r.counts ->> 'failed')::bigint as records_processed,
                   (r.counts ->> 'completed')::bigint as records_successful,
                   (r.counts ->> 'failed')::bigint as records_failed,
                   r.reason as error_message, r.parameters as metadata, timezone('UTC', r.created_at) as created_at
            from "${flyway:defaultSchema}".processing_run r;
        perform "${flyway:defaultSchema}".grant_to_workers('select', '"${flyway:defaultSchema}".flow_execution_logs');
    end if;
end $$;

-- Which run has found what flow survey_processor has scored; null if none has. The latest score of a survey counts.
alter table survey_result add column run_id bigint;
create index survey_result_run on survey_result (run_id) where run_id is not null;

-- What runs of flow survey_processor come to, one row for each; one that ends once more replaces its row. It outlives the run.
create table survey_summary (
    run_id bigint primary key,
    round integer not null,
    records bigint not null,
    completed bigint not null,
    failed bigint not null,
    cancelled bigint not null,
    -- Of the surveys whose latest score is the run's; no average where there is none.
    scored bigint not null,
    complete bigint not null,
    partial bigint not null,
    poor bigint not null,
    average_completeness numeric(5, 4),
    written_at timestamptz not null default now()
);
select grant_to_workers('select, insert, update', '"${flyway:defaultSchema}".survey_summary');
