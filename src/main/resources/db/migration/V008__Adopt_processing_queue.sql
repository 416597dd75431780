-- Adopts the old system's table: the fence (claim_id), the order (available_at), the business key (record_key) and what
-- a failure leaves behind. Old producers and Python workers know none of these columns and keep working: all have
-- defaults or are null, and a trigger mends what they leave out. Rewrites the table once; docs/preflight.sql says
-- beforehand what is in the way and how long it takes. What it refuses never comes here.
set local statement_timeout = 0;
set local lock_timeout = '60s';

-- The old system's indexes, whatever they are called: by what they are on, so that nobody else's goes. And a trigger that
-- does nothing but to date each update, which locks each row for it.
do $$
declare
    victim record;
begin
    for victim in
        select i.indexrelid::regclass as name
        from pg_index i
        where i.indrelid = 'processing_queue'::regclass
          and not i.indisunique
          and substring(pg_get_indexdef(i.indexrelid) from ' USING btree (.*)$') in (
              '(status)', '(flow_name)', '(created_at)', '(claimed_at)', '(flow_instance_id)',
              '(status, created_at)', '(flow_name, status)', '(flow_name, status, created_at)',
              '(completed_at, created_at, status)',
              '(flow_instance_id) WHERE (flow_instance_id IS NOT NULL)',
              '(claimed_at) WHERE (claimed_at IS NOT NULL)',
              '(created_at) WHERE ((status)::text = ''pending''::text)',
              '(claimed_at) WHERE ((status)::text = ''processing''::text)',
              '(retry_count, created_at) WHERE ((status)::text = ''failed''::text)')
    loop
        execute format('drop index %s', victim.name);
    end loop;

    for victim in
        select t.tgname as name
        from pg_trigger t
        join pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = 'processing_queue'::regclass
          and not t.tgisinternal
          and t.tgtype & 3 = 3
          and p.prosrc ~* '^\s*begin\s+new\.updated_at\s*:?=\s*(now\(\)|current_timestamp|clock_timestamp\(\)|localtimestamp)\s*;\s*return\s+new\s*;\s*end\s*;?\s*$'
    loop
        execute format('drop trigger %I on processing_queue', victim.name);
    end loop;
end $$;

-- Which records were there before, for retention: it deletes none of them unless an operator says after how long. No row
-- where nothing was adopted.
create table adoption (
    adopted_at timestamptz not null default now(),
    last_id bigint not null
);
insert into adoption (last_id) select last_id from (select max(id) as last_id from processing_queue) old where last_id is not null;

-- Few, if any: the table as it was documented once lets them be null.
update processing_queue
set status = coalesce(status, 'pending'), retry_count = coalesce(retry_count, 0)
where status is null or retry_count is null;

alter table processing_queue
    alter column status set default 'pending',
    alter column status set not null,
    alter column retry_count set default 0,
    alter column retry_count set not null,
    alter column created_at set default now(),
    alter column updated_at set default now(),
    add column claim_id uuid,
    add column available_at timestamptz not null default now(),
    add column record_key text,
    add column run_id bigint,
    add column failed_at timestamptz,
    add column next_retry_at timestamptz,
    add column failure_kind varchar(20),
    add column failure_fingerprint varchar(32),
    add column crash_count integer not null default 0,
    add constraint flow_is_named check (flow_name::text <> '');

-- One rewrite brings every record into its shape, and leaves no dead row behind:
-- - timestamp columns hold wall-clock time of the zone that the old system's sessions used;
-- - what waits was not claimed, and waits since it was made; what does not was claimed at some time;
-- - what failed is a dead letter;
-- - what is finished gets the nil claim, so that "no claim" means a Python worker's. What has a status of its own gets
--   another, by which it is counted.
-- Views that read what is rewritten stand in the way: plain ones are made again as they were.
do $$
declare
    view record;
    step text;
    remade text[] := '{}';
    instants jsonb := '{}';
begin
    for view in
        with recursive reader (id, depth) as (
            select r.ev_class, 1
            from pg_depend u
            join pg_attribute a on a.attrelid = u.refobjid and a.attnum = u.refobjsubid
            join pg_rewrite r on r.oid = u.objid and r.rulename = '_RETURN'
            join pg_class v on v.oid = r.ev_class and v.relkind = 'v'
            where u.classid = 'pg_rewrite'::regclass and u.refclassid = 'pg_class'::regclass
              and u.refobjid = 'processing_queue'::regclass
              and a.attname in ('id', 'claimed_at', 'completed_at', 'created_at', 'updated_at')
            union
            select r.ev_class, depth + 1
            from reader
            join pg_depend u on u.refobjid = reader.id
            join pg_rewrite r on r.oid = u.objid and r.rulename = '_RETURN'
            join pg_class v on v.oid = r.ev_class and v.relkind = 'v' and v.oid <> reader.id
            where u.classid = 'pg_rewrite'::regclass and u.refclassid = 'pg_class'::regclass
        )
        select v.*, format('%I.%I', n.nspname, v.relname) as name
        from (select id, max(depth) as depth from reader group by id) readers
        join pg_class v on v.oid = readers.id
        join pg_namespace n on n.oid = v.relnamespace
        order by readers.depth desc, v.oid
    loop
        -- Those that read others come first here, and last when they are made again.
        remade := array[
                format('create view %s%s as %s', view.name,
                       coalesce(' with (' || array_to_string(view.reloptions, ', ') || ')', ''), pg_get_viewdef(view.oid)),
                format('alter view %s owner to %I', view.name, pg_get_userbyid(view.relowner))]
            || array(
                select format('revoke all on %s from %s', view.name, grantee.name)
                from (
                    select 'public' as name
                    union
                    select quote_ident(pg_get_userbyid(a.grantee))
                    from aclexplode(coalesce(view.relacl, acldefault('r', view.relowner))) a
                    where a.grantee <> 0) grantee
                where view.relacl is not null)
            || array(
                select format('grant %s on %s to %s%s', a.privilege_type, view.name,
                              case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                              case when a.is_grantable then ' with grant option' else '' end)
                from aclexplode(view.relacl) a)
            || array(
                select format('grant %s (%I) on %s to %s%s', a.privilege_type, c.attname, view.name,
                              case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
                              case when a.is_grantable then ' with grant option' else '' end)
                from pg_attribute c
                cross join lateral aclexplode(c.attacl) a
                where c.attrelid = view.oid)
            || array(
                select case when c.attname is null then format('comment on view %s is %L', view.name, d.description)
                           else format('comment on column %s.%I is %L', view.name, c.attname, d.description) end
                from pg_description d
                left join pg_attribute c on c.attrelid = d.objoid and c.attnum = d.objsubid and d.objsubid > 0
                where d.classoid = 'pg_class'::regclass and d.objoid = view.oid)
            || remade;
        execute format('drop view %s', view.name);
    end loop;

    select jsonb_object_agg(a.attname, case format_type(a.atttypid, null)
               when 'timestamp without time zone' then format('%I at time zone %L', a.attname, '${legacyTimeZone}')
               else quote_ident(a.attname) end)
    into instants
    from pg_attribute a
    where a.attrelid = 'processing_queue'::regclass
      and a.attname in ('claimed_at', 'completed_at', 'created_at', 'updated_at');

    execute format($rewrite$
        alter table processing_queue
            alter column id type bigint,
            alter column claimed_at type timestamptz
                using case when status <> 'pending' then coalesce(%1$s, %2$s, %4$s, now()) end,
            alter column completed_at type timestamptz using %2$s,
            alter column created_at type timestamptz using coalesce(%3$s, now()),
            alter column created_at set not null,
            alter column updated_at type timestamptz using coalesce(%4$s, now()),
            alter column updated_at set not null,
            alter column available_at type timestamptz
                using case when status = 'pending' then coalesce(%3$s, now()) else available_at end,
            alter column failed_at type timestamptz using case when status = 'failed' then coalesce(%2$s, %4$s, now()) end,
            alter column failure_kind type varchar(20) using case when status = 'failed' then 'unknown' end,
            alter column claim_id type uuid using case
                when status in ('completed', 'failed') then uuid '00000000-0000-0000-0000-000000000000'
                when status not in ('pending', 'processing') then uuid 'ffffffff-ffff-ffff-ffff-ffffffffffff' end
        $rewrite$,
        instants ->> 'claimed_at', instants ->> 'completed_at', instants ->> 'created_at', instants ->> 'updated_at');

    foreach step in array remade loop
        execute step;
    end loop;
end $$;

-- After the rewrite, which leaves the pages of what was there before full: most of it is history, and would take four times the
-- space for nothing. A record has three versions: waiting, claimed with the name of its replica, which is 64 characters for a pod, and completed.
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

-- What gives the ids, whether or not the column owns it; nothing, where something else does.
do $$
declare
    sequence regclass;
begin
    for sequence in
        select pg_get_serial_sequence('processing_queue', 'id')::regclass
        union
        select u.refobjid::regclass
        from pg_attrdef d
        join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attname = 'id'
        join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = d.oid and u.refclassid = 'pg_class'::regclass
        join pg_class s on s.oid = u.refobjid and s.relkind = 'S'
        where d.adrelid = 'processing_queue'::regclass
    loop
        if sequence is not null then
            execute format('alter sequence %s as bigint', sequence);
        end if;
    end loop;
end $$;

-- No index and no index predicate mentions a column that a completion changes, so a completion can be a HOT update.
create index processing_queue_waiting on processing_queue (flow_name, available_at, id) where claimed_at is null;
create index processing_queue_suspects on processing_queue (flow_name, id) where claimed_at is null and crash_count > 0;
create unique index processing_queue_key on processing_queue (flow_name, record_key) where record_key is not null;
-- By flow first: the due retries of flows that nobody runs are not walked each time that others are looked for.
create index processing_queue_retries on processing_queue (flow_name, next_retry_at) where next_retry_at is not null;
create index processing_queue_failures on processing_queue (flow_name, failed_at, id) where failed_at is not null;
create index processing_queue_unfenced on processing_queue (claimed_at) where claimed_at is not null and claim_id is null;
-- What has a status that is none of the four, an old system's "skipped" for instance: only counted.
create index processing_queue_other on processing_queue (flow_name)
    where claim_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
