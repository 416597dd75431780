-- What somebody writes who does not know the columns of V008 is mended before his statement is over. The worker's own
-- statements set every column themselves, so that for them no condition holds and no function runs.
--
-- Here and in all that follows: a function finds operators and functions in pg_catalog and nowhere else, and names its tables
-- with their schema, so that nobody who may create objects there can put his own in their place. An operator of varchar would do
-- for that, since pg_catalog has none: conditions compare text.
set local statement_timeout = 0;
set local lock_timeout = '60s';

create function processing_queue_keep_shape() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    if new.status = 'pending' then
        new.claimed_at := null;
        new.claim_id := null;
        new.flow_instance_id := null;
        new.completed_at := null;
    else
        new.claimed_at := coalesce(new.claimed_at, now());
    end if;
    if new.status in ('completed', 'failed') then
        new.claim_id := coalesce(nullif(new.claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
            '00000000-0000-0000-0000-000000000000');
    elsif new.status not in ('pending', 'processing') then
        new.claim_id := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    end if;
    if new.status = 'failed' then
        new.failed_at := coalesce(new.failed_at, now());
        new.failure_kind := coalesce(new.failure_kind, 'unknown');
    else
        new.failed_at := null;
        new.next_retry_at := null;
        new.failure_kind := null;
        new.failure_fingerprint := null;
    end if;
    return new;
end $$;

create trigger keep_shape_on_insert
    before insert on processing_queue
    for each row
    when (new.status::text <> 'pending'
        or pg_catalog.num_nonnulls(new.claimed_at, new.claim_id, new.flow_instance_id, new.completed_at,
            new.failed_at, new.next_retry_at) > 0)
    execute function processing_queue_keep_shape();

-- The effect of a completed record is in rpa_db: whatever makes it run again repeats that. A status that somebody's SQL
-- would take from a completed record stays, unless the transaction says that it means it. A status that is none of the four
-- makes nothing run.
--
-- Who may set a status need not be allowed to set the rest: it runs as its owner.
create function processing_queue_mend() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    if old.status = 'completed' and new.status in ('pending', 'processing', 'failed')
            and not coalesce(nullif(current_setting('rpa.reopen', true), ''), 'off')::boolean then
        raise exception 'record % of flow "%" is completed and cannot become %: its effect is in rpa_db',
                old.id, old.flow_name, new.status
            using errcode = 'check_violation', constraint = 'keep_completed', table = 'processing_queue',
                hint = 'To have it run again, and its effect repeated: begin; set local rpa.reopen = on; update ...; commit';
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

revoke execute on function processing_queue_mend() from public;

-- An "after" trigger, since a "before" trigger makes PostgreSQL lock every row for it, whether or not its condition holds,
-- and write that to the log: a seventh of what claims and completions cost the server, and 57 bytes a record. One for both,
-- since each is looked at for each row. Claims and completions come first, since they are nearly all; updated_at is mended where a
-- statement left it alone. Within a second: the mending update must not be mended again, even if the column rounds what it is
-- given.
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
            when new.status::text = 'pending' then
                old.status::text = 'completed'
                or pg_catalog.num_nonnulls(new.claimed_at, new.claim_id, new.flow_instance_id, new.completed_at,
                    new.failed_at, new.next_retry_at) > 0
            when new.status::text = 'failed' then
                old.status::text = 'completed' or new.claimed_at is null or new.failed_at is null
                or coalesce(new.claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff') = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
            else
                new.claimed_at is null or new.claim_id is distinct from 'ffffffff-ffff-ffff-ffff-ffffffffffff'
                or new.failed_at is not null or new.next_retry_at is not null
        end
        or (new.updated_at = old.updated_at
            and new.updated_at not between now() - interval '1 second' and now() + interval '1 second'))
    execute function processing_queue_mend();
