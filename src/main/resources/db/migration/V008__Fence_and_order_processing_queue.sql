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

-- Half of each page stays free for the two updates that every record sees; see docs/performance.md.
alter table processing_queue set (fillfactor = 50);

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
    alter column updated_at set not null,
    add constraint waiting_is_unclaimed check ((status = 'pending') = (claimed_at is null)),
    add constraint failure_is_dated check ((status = 'failed') = (failed_at is not null)),
    add constraint only_failures_retry check (next_retry_at is null or status = 'failed');

-- No index and no index predicate mentions a column that a completion changes, so a completion can be a HOT update.
create index processing_queue_waiting on processing_queue (flow_name, available_at, id) where claimed_at is null;
create index processing_queue_suspects on processing_queue (flow_name, id) where claimed_at is null and crash_count > 0;
create unique index processing_queue_key on processing_queue (flow_name, record_key) where record_key is not null;
create index processing_queue_retries on processing_queue (next_retry_at) where next_retry_at is not null;
create index processing_queue_failures on processing_queue (flow_name, failed_at, id) where failed_at is not null;
create index processing_queue_unfenced on processing_queue (claimed_at) where claimed_at is not null and claim_id is null;

-- Keeps the row's shape when somebody who does not know it sets the status. The worker's own statements set every
-- column themselves, so that for them the WHEN clauses are false and no function runs.
create function processing_queue_keep_shape() returns trigger language plpgsql as $$
begin
    if new.status = 'pending' then
        new.claimed_at := null;
        new.claim_id := null;
        new.flow_instance_id := null;
        new.completed_at := null;
    elsif new.claimed_at is null then
        new.claimed_at := now();
    end if;
    if new.status = 'processing' and tg_op = 'UPDATE' and old.status <> 'processing' and new.claim_id = old.claim_id then
        new.claim_id := null;
    end if;
    if new.status in ('completed', 'failed') then
        new.claim_id := coalesce(new.claim_id, '00000000-0000-0000-0000-000000000000');
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
    when (new.status <> 'pending' or new.claimed_at is not null or new.claim_id is not null)
    execute function processing_queue_keep_shape();

create trigger keep_shape_on_update
    before update on processing_queue
    for each row
    when (
        (new.status = 'pending') <> (new.claimed_at is null)
        or (new.status = 'pending' and new.claim_id is not null)
        or (new.status = 'failed') <> (new.failed_at is not null)
        or (new.status <> 'failed' and new.next_retry_at is not null)
        or (new.status in ('completed', 'failed') and new.claim_id is null)
        or (new.status = 'processing' and old.status <> 'processing' and new.claim_id = old.claim_id))
    execute function processing_queue_keep_shape();

create function processing_queue_touch() returns trigger language plpgsql as $$
begin
    new.updated_at := now();
    return new;
end $$;

create trigger keep_updated_at
    before update on processing_queue
    for each row
    when (new.updated_at is not distinct from old.updated_at)
    execute function processing_queue_touch();
