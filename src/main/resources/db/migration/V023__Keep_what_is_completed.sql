-- The effect of a completed record is in rpa_db: whatever makes it run again repeats that. A status that somebody's SQL
-- would take from a completed record stays, unless the transaction says that it means it. The trigger of V020 does it as
-- well: a second one would be looked at for each claim and each completion. For the worker's own statements its condition is
-- false, and no function runs.
set local statement_timeout = 0;
set local lock_timeout = '60s';

create or replace function processing_queue_mend() returns trigger language plpgsql as $$
begin
    if old.status = 'completed' and new.status <> 'completed'
            and not coalesce(nullif(current_setting('rpa.reopen', true), ''), 'off')::boolean then
        raise exception 'record % of flow "%" is completed and cannot become %: its effect is in rpa_db',
                old.id, old.flow_name, new.status
            using errcode = 'check_violation', constraint = 'keep_completed', table = 'processing_queue',
                hint = 'To have it run again, and its effect repeated: begin; set local rpa.reopen = on; update ...; commit';
    end if;
    -- From the row as it is by now: another trigger may have changed it once more.
    update processing_queue q
    set updated_at = now(),
        claimed_at = case when q.status <> 'pending' then coalesce(q.claimed_at, now()) end,
        claim_id = case
            when q.status = 'processing' and old.status <> 'processing' and q.claim_id = old.claim_id then null
            when q.status = 'processing' then q.claim_id
            when q.status <> 'pending' then coalesce(q.claim_id, '00000000-0000-0000-0000-000000000000') end,
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

-- As V020 has it, which a replaced function does not keep.
do $$
begin
    execute format('alter function processing_queue_mend() security definer set search_path = %I, pg_temp', current_schema());
end $$;

drop trigger mend_after_update on processing_queue;
create trigger mend_after_update
    after update on processing_queue
    for each row
    when (
        case new.status
            when 'completed' then
                new.claimed_at is null or new.claim_id is null
                or new.failed_at is not null or new.next_retry_at is not null
            when 'processing' then
                old.status = 'completed' or new.claimed_at is null
                or (new.claim_id = old.claim_id and old.status <> 'processing')
                or new.failed_at is not null or new.next_retry_at is not null
            when 'pending' then
                old.status = 'completed'
                or num_nonnulls(new.claimed_at, new.claim_id, new.flow_instance_id, new.completed_at,
                    new.failed_at, new.next_retry_at) > 0
            else
                old.status = 'completed' or new.claimed_at is null or new.claim_id is null or new.failed_at is null
        end
        or (new.updated_at = old.updated_at
            and new.updated_at not between now() - interval '1 second' and now() + interval '1 second'))
    execute function processing_queue_mend();
