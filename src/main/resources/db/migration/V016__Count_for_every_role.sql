-- Whoever may write processing_queue is counted, whatever else that role may do and wherever its search_path leads: the
-- functions that count run as their owner, in the schema that is being migrated. Nobody else may hang them on a table of
-- their own. keep_shape and touch name nothing outside pg_catalog and need none of this.
set local statement_timeout = 0;
set local lock_timeout = '60s';

-- A fold that is still open has deleted rows that a truncate would wait for, and inserted one that it would not see.
create or replace function queue_total_clear() returns trigger language plpgsql as $$
begin
    lock table queue_total in exclusive mode;
    delete from queue_total;
    return null;
end $$;

do $$
declare
    counting text;
begin
    foreach counting in array
        array['queue_total_add', 'queue_total_subtract', 'queue_total_move', 'queue_total_clear']
    loop
        execute format(
            'alter function %I() security definer set search_path = %I, pg_temp', counting, current_schema());
        execute format('revoke execute on function %I() from public', counting);
    end loop;
end $$;

-- By flow first: the due retries of flows that nobody runs are not walked each time that others are looked for.
drop index processing_queue_retries;
create index processing_queue_retries on processing_queue (flow_name, next_retry_at) where next_retry_at is not null;

-- What is under way of a flow that has a limit is counted at each of its claims.
create index processing_claim_flow on processing_claim (flow_name);

-- How far a canary that went well has come with the rest: a batch for each transaction.
alter table canary_retry
    add column reached_flow varchar(100),
    add column reached_failed_at timestamptz,
    add column reached_id bigint;
