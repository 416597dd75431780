-- Adopts the old system's table: the fence (claim_id), the order (available_at), the business key (record_key) and what
-- a failure leaves behind. Old producers and Python workers know none of these columns and keep working: all have
-- defaults or are null, and a trigger mends what they leave out. Rewrites the table once; see docs/dba.md for how long.
set local statement_timeout = 0;
set local lock_timeout = '60s';

-- The six old indexes, whatever they were called, and a trigger that kept updated_at for every row.
do $$
declare
    victim record;
begin
    for victim in
        select i.indexrelid::regclass as name
        from pg_index i
        where i.indrelid = 'processing_queue'::regclass
          and not i.indisunique
          and (select array_agg(a.attname::text order by k.position)
               from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum)
              in ('{status,created_at}', '{flow_name,status}', '{claimed_at}', '{flow_instance_id}', '{created_at}')
    loop
        execute format('drop index %s', victim.name);
    end loop;

    for victim in
        select t.tgname as name
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = 'processing_queue'::regclass
          and not t.tgisinternal
          and p.prosrc ~* 'new\.updated_at'
    loop
        execute format('drop trigger %I on processing_queue', victim.name);
    end loop;
end $$;

-- A record has three versions: waiting, claimed with the name of its replica, which is 64 characters for a pod, and completed.
-- At 28 four fifths of the third ones find room on their page beside a snapshot that is never released, and nearly all
-- beside claims; each that does not costs the whole row in the log and an index entry more.
--
-- Each record leaves two dead rows and an entry in each of two indexes. PostgreSQL's own 20 % of a queue of ten million
-- lets four million of them gather, and what claims walk over grows with them; chosen by ten million records, see
-- docs/performance.md. The limit of its cost lets a vacuum keep up with a full queue, and still leaves claims their half.
alter table processing_queue set (
    fillfactor = 28,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_limit = 1000);

-- timestamp columns hold wall-clock time of the zone that the old system's sessions used.
do $$
declare
    old_column text;
    conversions text := 'alter table processing_queue alter column id type bigint';
begin
    for old_column in
        select column_name
        from information_schema.columns
        where table_schema = current_schema()
          and table_name = 'processing_queue'
          and data_type = 'timestamp without time zone'
    loop
        conversions := conversions || format(
            ', alter column %1$I type timestamptz using %1$I at time zone %2$L', old_column, '${legacyTimeZone}');
    end loop;
    execute conversions;
end $$;

do $$
begin
    execute format('alter sequence %s as bigint', pg_get_serial_sequence('processing_queue', 'id'));
end $$;

alter table processing_queue
    add column claim_id uuid,
    add column available_at timestamptz not null default now(),
    add column record_key text,
    add column run_id bigint,
    add column failed_at timestamptz,
    add column next_retry_at timestamptz,
    add column failure_kind varchar(20),
    add column failure_fingerprint varchar(32),
    add column crash_count integer not null default 0,
    add constraint flow_is_named check (flow_name <> '');

update processing_queue set status = 'pending' where status is null;
update processing_queue set retry_count = 0 where retry_count is null;
update processing_queue set created_at = now() where created_at is null;
update processing_queue set updated_at = now() where updated_at is null;
update processing_queue set available_at = created_at, claimed_at = null where status = 'pending';
update processing_queue
set claimed_at = coalesce(completed_at, updated_at)
where status <> 'pending' and claimed_at is null;
update processing_queue
set failed_at = coalesce(completed_at, updated_at), failure_kind = 'unknown'
where status = 'failed';
-- What was finished before there were claims gets the nil claim, so that "no claim" means a Python worker's.
update processing_queue
set claim_id = '00000000-0000-0000-0000-000000000000'
where status in ('completed', 'failed');

alter table processing_queue
    alter column status set not null,
    alter column retry_count set not null,
    alter column created_at set not null,
    alter column updated_at set not null;

-- No index and no index predicate mentions a column that a completion changes, so a completion can be a HOT update.
create index processing_queue_waiting on processing_queue (flow_name, available_at, id) where claimed_at is null;
create index processing_queue_suspects on processing_queue (flow_name, id) where claimed_at is null and crash_count > 0;
create unique index processing_queue_key on processing_queue (flow_name, record_key) where record_key is not null;
-- By flow first: the due retries of flows that nobody runs are not walked each time that others are looked for.
create index processing_queue_retries on processing_queue (flow_name, next_retry_at) where next_retry_at is not null;
create index processing_queue_failures on processing_queue (flow_name, failed_at, id) where failed_at is not null;
create index processing_queue_unfenced on processing_queue (claimed_at) where claimed_at is not null and claim_id is null;
