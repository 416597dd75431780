-- What adopting an old processing_queue would meet. Changes nothing; docs/dba.md, Adoption, says when to run it.
--
--     psql -X -f docs/preflight.sql "postgresql://rpa_migrator@db.example/rpa_db"
--
-- As the role that is to migrate, and with the search_path that the worker will have. The worker's jar asks the same
-- (java -jar rpa-worker-exec.jar preflight), and the first statement at each start, before anything is touched.
-- Both statements answer with a verdict, a finding and what to do:
--
--     refused  the worker does not start before this is done
--     changed  the adoption changes or drops it
--     kept     it stays as it is
--     told     worth knowing

-- 1. From the catalogs: at once, whatever the table's size.
with recursive here as (
    select current_schema() as schema,
           to_regclass(format('%I.processing_queue', current_schema())) as queue,
           to_regclass('processing_queue') as nearest
), queue as (
    select c.*, format('%I.%I', h.schema, c.relname) as name
    from here h
    join pg_class c on c.oid = h.queue
), old as (
    -- With that index of ours it is adopted already, or made by these migrations: nothing is in the way any more.
    select *
    from queue q
    where to_regclass(format('%I.processing_queue_unfenced', current_schema())) is null
), wanted (position, name, types, statement) as (
    values
        (1, 'id', '{integer,bigint}', 'type bigint'),
        (2, 'flow_name', '{character varying}', 'type varchar(100)'),
        (3, 'payload', '{jsonb}', 'type jsonb using payload::jsonb'),
        (4, 'status', '{character varying,text}', 'type varchar(20)'),
        (5, 'flow_instance_id', '{character varying,text}', 'type varchar(100)'),
        (6, 'claimed_at', '{timestamp without time zone,timestamp with time zone}', 'type timestamp'),
        (7, 'completed_at', '{timestamp without time zone,timestamp with time zone}', 'type timestamp'),
        (8, 'error_message', '{text}', 'type text'),
        (9, 'retry_count', '{integer}', 'type integer'),
        (10, 'created_at', '{timestamp without time zone,timestamp with time zone}', 'type timestamp'),
        (11, 'updated_at', '{timestamp without time zone,timestamp with time zone}', 'type timestamp')
), present as (
    select a.*, format_type(a.atttypid, a.atttypmod) as type, format_type(a.atttypid, null) as base_type
    from old o
    join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
), touched as (
    -- Rewritten by the adoption: what depends on them must make way.
    select attnum, attname
    from present
    where attname in ('id', 'claimed_at', 'completed_at', 'created_at', 'updated_at')
), settled as (
    -- Changed by a completion, and with it what is generated from them.
    select p.attnum
    from present p
    where p.attname in ('status', 'completed_at', 'updated_at', 'payload', 'error_message')
       or p.attgenerated <> '' and exists (
           select
           from pg_attrdef d
           -- Before PostgreSQL 15 it is the column that depends, since then its expression.
           join pg_depend u on u.refobjid = d.adrelid
               and (u.classid = 'pg_attrdef'::regclass and u.objid = d.oid
                   or u.classid = 'pg_class'::regclass and u.objid = d.adrelid and u.objsubid = d.adnum)
           join present b on b.attnum = u.refobjsubid
               and b.attname in ('status', 'completed_at', 'updated_at', 'payload', 'error_message')
           where d.adrelid = p.attrelid and d.adnum = p.attnum)
), remade (view, depth) as (
    -- Plain views that read what is rewritten, and those that read such views.
    select r.ev_class, 1
    from old o
    join pg_depend u on u.refclassid = 'pg_class'::regclass and u.refobjid = o.oid
        and u.refobjsubid in (select attnum from touched)
    join pg_rewrite r on u.classid = 'pg_rewrite'::regclass and r.oid = u.objid and r.rulename = '_RETURN'
    join pg_class v on v.oid = r.ev_class and v.relkind = 'v'
    union
    select r.ev_class, m.depth + 1
    from remade m
    join pg_depend u on u.refclassid = 'pg_class'::regclass and u.refobjid = m.view
    join pg_rewrite r on u.classid = 'pg_rewrite'::regclass and r.oid = u.objid and r.rulename = '_RETURN'
    join pg_class v on v.oid = r.ev_class and v.relkind = 'v' and v.oid <> m.view
    where m.depth < 100
), views as (
    select v.*, format('%I.%I', n.nspname, v.relname) as name,
           pg_has_role(current_user, v.relowner, 'usage') and has_schema_privilege(n.oid, 'create')
               and (v.relowner = current_user::regrole or has_schema_privilege(v.relowner, n.oid, 'create')
                   or exists (select from pg_roles r where r.rolname = current_user and r.rolsuper)) as may_be_remade,
           -- It would be called with a bigint or a timestamptz.
           exists (
               select
               from pg_rewrite r
               join pg_depend u on u.classid = 'pg_rewrite'::regclass and u.objid = r.oid
               left join pg_operator p on u.refclassid = 'pg_operator'::regclass and p.oid = u.refobjid
               join pg_proc f on f.oid = case u.refclassid when 'pg_proc'::regclass then u.refobjid else p.oprcode end
               where r.ev_class = v.oid
                 and f.proargtypes::oid[] && array['integer'::regtype::oid, 'timestamp'::regtype::oid]) as calls_theirs
    from pg_class v
    join pg_namespace n on n.oid = v.relnamespace
    where v.oid in (select view from remade)
), index as (
    select i.*, c.relname, i.indexrelid::regclass::text as name, t.oid as constraint_oid, t.conname,
           pg_get_indexdef(i.indexrelid) as definition,
           substring(pg_get_indexdef(i.indexrelid) from ' USING btree (.*)$') as shape,
           exists (
               select
               from pg_depend u
               where u.refclassid = 'pg_class'::regclass and u.refobjid = i.indrelid
                 and u.classid = 'pg_class'::regclass and u.objid = i.indexrelid
                 and u.refobjsubid in (select attnum from settled))
               or i.indkey::int2[] && array(select attnum from settled) as settled,
           i.indexprs is not null and exists (
               select
               from pg_depend u
               where u.refclassid = 'pg_class'::regclass and u.refobjid = i.indrelid
                 and u.classid = 'pg_class'::regclass and u.objid = i.indexrelid
                 and u.refobjsubid in (select attnum from touched where attname <> 'id')) as reckons
    from old o
    join pg_index i on i.indrelid = o.oid
    join pg_class c on c.oid = i.indexrelid
    left join pg_constraint t on t.conindid = i.indexrelid and t.conrelid = o.oid and t.contype in ('p', 'u', 'x')
), trigger as (
    select t.*, p.proname,
           t.tgtype & 2 = 2 and t.tgtype & 1 = 1
               and p.prosrc ~* '^\s*begin\s+new\.updated_at\s*:?=\s*(now\(\)|current_timestamp|clock_timestamp\(\)|localtimestamp)\s*;\s*return\s+new\s*;\s*end\s*;?\s*$'
               as only_dates
    from old o
    join pg_trigger t on t.tgrelid = o.oid and not t.tgisinternal
    join pg_proc p on p.oid = t.tgfoid
), findings (part, verdict, finding, advice) as (
    -- The database.
    select 1, 'refused', format('The database''s encoding is %s', pg_encoding_to_char(d.encoding)),
           'Use a database with encoding UTF8 (create database ... encoding ''UTF8'' template template0) and copy the old one into it.'
    from pg_database d
    where d.datname = current_database() and pg_encoding_to_char(d.encoding) <> 'UTF8'
    union all
    select 1, 'refused', format('PostgreSQL is %s', current_setting('server_version')), 'Use PostgreSQL 14 or newer.'
    where current_setting('server_version_num')::int < 140000
    union all
    select 1, 'refused', format('No schema of search_path (%s) exists', current_setting('search_path')),
           'Create the schema, or set the role''s search_path.'
    from here
    where schema is null
    union all
    select 1, 'refused', format('Role %I may not create tables in schema %I', current_user, schema),
           format('grant create, usage on schema %I to %I;', schema, current_user)
    from here
    where schema is not null and not has_schema_privilege(schema, 'create')
      and (queue is null or exists (select from old))
    union all
    select 1, 'refused', format('The table is %s, but new tables would be made in schema %I', nearest, schema),
           'Make its schema the first in search_path: currentSchema in spring.datasource.url, or the role''s search_path.'
    from here
    where queue is null and nearest is not null
    union all
    select 1, 'told', format('Roles other than its owner may create objects in schema %I, and so stand in for operators and functions', n.nspname),
           format('revoke create on schema %I from %s;', n.nspname, string_agg(distinct coalesce(quote_ident(g.rolname), 'public'), ', '))
    from here h
    join pg_namespace n on n.nspname = h.schema
    cross join lateral aclexplode(n.nspacl) a
    left join pg_roles g on g.oid = a.grantee
    where a.privilege_type = 'CREATE' and a.grantee <> n.nspowner
      and (g.rolname is null or (g.rolname <> current_user and not g.rolsuper))
    group by n.nspname
    union all
    select 1, 'refused', format('%s of role %I can stand in for PostgreSQL''s own', initcap(left(o.thing, 1)) || substr(o.thing, 2), r.rolname),
           format('drop %s;', o.thing)
    from here h
    join pg_namespace n on n.nspname = h.schema
    join (
        select 'operator ' || p.oid::regoperator::text as thing, p.oprnamespace as namespace, p.oprowner as owner,
               'pg_operator'::regclass as class, p.oid
        from pg_operator p
        where exists (select from pg_operator b where b.oprname = p.oprname and b.oprnamespace = 'pg_catalog'::regnamespace)
        union all
        select case p.prokind when 'a' then 'aggregate ' when 'p' then 'procedure ' else 'function ' end
                   || p.oid::regprocedure::text, p.pronamespace, p.proowner, 'pg_proc'::regclass, p.oid
        from pg_proc p
        where exists (select from pg_proc b where b.proname = p.proname and b.pronamespace = 'pg_catalog'::regnamespace)
    ) o on o.namespace = n.oid
    join pg_roles r on r.oid = o.owner
    where not r.rolsuper and o.owner not in (n.nspowner, current_user::regrole)
      and not exists (select from pg_auth_members m where m.roleid = o.owner and m.member = current_user::regrole)
      and not exists (select from pg_class c where c.oid = h.queue and c.relowner = o.owner)
      and not exists (select from pg_depend u where u.classid = o.class and u.objid = o.oid and u.deptype = 'e')
    union all
    select 2, 'told', 'There is no processing_queue yet', 'Nothing is to be adopted: the first start makes the tables.'
    from here
    where nearest is null and schema is not null
    union all
    select 2, 'told', format('%s is adopted already', q.name), 'Nothing more is to be done.'
    from queue q
    where not exists (select from old)
    -- What stands where our own things are to be.
    union all
    select 2, 'refused', format('%s %I.%I has the name of one of ours',
                                case c.relkind when 'v' then 'View' when 'm' then 'Materialized view' when 'S' then 'Sequence'
                                    when 'i' then 'Index' when 'c' then 'Type' else 'Table' end,
                                n.nspname, c.relname),
           format('alter %s %I.%I rename to %I;',
                  case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                      when 'i' then 'index' when 'c' then 'type' else 'table' end,
                  n.nspname, c.relname, 'old_' || c.relname)
    from here h
    join pg_namespace n on n.nspname = h.schema
    join pg_class c on c.relnamespace = n.oid
    where (h.queue is null or exists (select from old))
      and c.relname in ('processing_claim', 'worker_instance', 'queue_total', 'leader_term', 'flow_limit', 'operator_action',
                        'canary_retry', 'survey_result', 'adoption', 'processing_queue_waiting', 'processing_queue_suspects',
                        'processing_queue_key', 'processing_queue_retries', 'processing_queue_failures',
                        'processing_queue_unfenced', 'processing_queue_other', 'processing_claim_instance',
                        'processing_claim_flow', 'canary_retry_watching')
       -- Made by a later migration: on what is adopted already it may still be somebody else's.
       or c.relname in ('processing_log', 'processing_log_record') and not exists (
           select
           from pg_index i
           join pg_class l on l.oid = i.indrelid
           join pg_class r on r.oid = i.indexrelid
           where (h.queue is not null and not exists (select from old))
             and l.relnamespace = n.oid and l.relname = 'processing_log' and r.relname = 'processing_log_record')
       or c.relname in ('flow_control', 'record_cancellation') and not (
           h.queue is not null and not exists (select from old)
           and exists (
               select from pg_attribute a where a.attrelid = c.oid and a.attname in ('paused_by', 'asked_by')))
       or c.relname in ('processing_run', 'run_schedule', 'processing_run_tick', 'processing_run_open', 'processing_run_flow',
                        'processing_run_state', 'processing_run_ended',
                        'processing_queue_run_key', 'processing_queue_run_waiting', 'processing_queue_run_failures',
                        'processing_queue_run_retries', 'survey_summary', 'survey_result_run')
           and not (
           h.queue is not null and not exists (select from old)
           and exists (
               select
               from pg_attribute a
               where a.attrelid = to_regclass(format('%I.processing_run', h.schema)) and a.attname = 'leader_term'))
    union all
    select 2, 'refused', format('Function %s has the name of one of ours', p.oid::regprocedure),
           format('alter function %s rename to %I;', p.oid::regprocedure, 'old_' || p.proname)
    from here h
    join pg_namespace n on n.nspname = h.schema
    join pg_proc p on p.pronamespace = n.oid
    where (h.queue is null or exists (select from old))
      and p.proname in ('processing_queue_keep_shape', 'processing_queue_mend', 'queue_total_add', 'queue_total_subtract',
                        'queue_total_move', 'queue_total_clear', 'queue_recount', 'records_beyond', 'digits_at_least',
                        'payload_text', 'read_payloads')
       -- As above: they came with that table.
       or p.proname in ('rpa_pause', 'rpa_resume', 'rpa_retry', 'rpa_discard', 'rpa_explain', 'told_moment', 'told_distance',
                        'told_words', 'told_flow', 'told_filter') and not (
           h.queue is not null and not exists (select from old)
           and exists (
               select
               from pg_attribute a
               where a.attrelid = to_regclass(format('%I.flow_control', h.schema)) and a.attname = 'paused_by'))
       or p.proname in ('run_goes_on', 'grant_to_workers') and not (
           h.queue is not null and not exists (select from old)
           and exists (
               select
               from pg_attribute a
               where a.attrelid = to_regclass(format('%I.processing_run', h.schema)) and a.attname = 'leader_term'))
    union all
    select 2, 'refused', format('Column %I of %s has the name of one of ours', p.attname, o.name),
           format('alter table %s rename column %I to %I;', o.name, p.attname, 'old_' || p.attname)
    from old o
    join present p on p.attname in ('claim_id', 'available_at', 'record_key', 'run_id', 'failed_at', 'next_retry_at',
                                    'failure_kind', 'failure_fingerprint', 'crash_count')
    union all
    select 2, 'refused', format('Trigger %I of %s has the name of one of ours', t.tgname, o.name),
           format('alter trigger %I on %s rename to %I;', t.tgname, o.name, 'old_' || t.tgname)
    from old o
    join trigger t on t.tgname in ('keep_shape_on_insert', 'count_inserted', 'count_deleted', 'count_moved', 'count_truncated')
    union all
    select 2, 'refused', format('Constraint flow_is_named of %s has the name of one of ours', o.name),
           format('alter table %s rename constraint flow_is_named to old_flow_is_named;', o.name)
    from old o
    join pg_constraint t on t.conrelid = o.oid and t.conname = 'flow_is_named'
    -- The table itself.
    union all
    select 3, 'refused', format('%s is a %s', o.name,
                                case o.relkind when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view'
                                    when 'f' then 'foreign table' else 'relation of kind ' || o.relkind::text end),
           'Copy it into an ordinary table of that name.'
    from old o
    where o.relkind <> 'r'
    union all
    select 3, 'refused', format('%s is unlogged: a crash of PostgreSQL would empty it', o.name),
           format('alter table %s set logged;', o.name)
    from old o
    where o.relpersistence = 'u'
    union all
    select 3, 'refused', format('%s is a table of type %s: columns cannot be added', o.name, o.reloftype::regtype),
           format('alter table %s not of;', o.name)
    from old o
    where o.reloftype <> 0
    union all
    select 3, 'refused', format('%s inherits from %s', i.inhrelid::regclass, i.inhparent::regclass),
           format('alter table %s no inherit %s;', i.inhrelid::regclass, i.inhparent::regclass)
    from old o
    join pg_inherits i on o.oid in (i.inhrelid, i.inhparent)
    where o.relkind = 'r'
    union all
    select 3, 'refused', format('%s belongs to role %I, and role %I cannot change it', o.name, pg_get_userbyid(o.relowner), current_user),
           format('alter table %s owner to %I;', o.name, current_user)
    from old o
    where not pg_has_role(current_user, o.relowner, 'usage')
    union all
    select 3, 'refused', format('%s has no column %I', o.name, w.name),
           format('alter table %s add column %I %s;', o.name, w.name,
                  case w.name when 'id' then 'bigserial primary key' when 'payload' then 'jsonb'
                      when 'status' then 'varchar(20) default ''pending''' when 'retry_count' then 'integer default 0'
                      when 'created_at' then 'timestamp default now()' when 'updated_at' then 'timestamp default now()'
                      else substr(w.statement, 6) end)
    from old o
    cross join wanted w
    where o.relkind in ('r', 'p') and not exists (select from present p where p.attname = w.name)
    union all
    select 3, 'refused', format('Column %I of %s is %s', p.attname, o.name, p.type),
           format('alter table %s alter column %I %s;', o.name, p.attname, w.statement)
    from old o
    join present p on true
    join wanted w on w.name = p.attname
    where p.base_type <> all (w.types::text[])
       or p.base_type = 'character varying'
          and p.atttypmod - 4 not between
              case p.attname when 'status' then 10 when 'flow_instance_id' then 100 else 1 end
              and case p.attname when 'flow_name' then 100 else 1000000000 end
          and not (p.atttypmod = -1 and p.attname <> 'flow_name')
    union all
    select 3, 'refused', format('Column %I of %s is generated', p.attname, o.name),
           format('alter table %s alter column %I drop %s;', o.name, p.attname, 'expression')
    from old o
    join present p on p.attgenerated <> '' and p.attname in (select name from wanted)
    union all
    select 3, 'refused', format('Column %I of %s may be null', p.attname, o.name),
           format('alter table %s alter column %I set not null;', o.name, p.attname)
    from old o
    join present p on p.attname in ('id', 'flow_name', 'payload') and not p.attnotnull
    union all
    select 3, 'refused', format('Nothing keeps the ids of %s apart', o.name), format('alter table %s add primary key (id);', o.name)
    from old o
    where exists (select from present p where p.attname = 'id')
      and not exists (
          select
          from index i
          join present p on p.attname = 'id'
          where i.indisunique and i.indisvalid and i.indpred is null and i.indnkeyatts = 1 and i.indkey[0] = p.attnum)
    union all
    select 3, 'refused', format('Column id of %s has no default and is no identity', o.name),
           format('alter table %s alter column id add generated by default as identity; '
                  || 'select setval(pg_get_serial_sequence(''%s'', ''id''), coalesce(max(id), 0) + 1, false) from %s;', o.name, o.name, o.name)
    from old o
    join present p on p.attname = 'id' and p.attidentity = '' and not p.atthasdef
    union all
    select 3, 'refused', format('Column id of %s is generated always: a copy of records could not keep their ids', o.name),
           format('alter table %s alter column id set generated by default;', o.name)
    from old o
    join present p on p.attname = 'id' and p.attidentity = 'a'
    union all
    select 3, case when pg_has_role(current_user, s.relowner, 'usage') then 'changed' else 'refused' end,
           format('Sequence %s gives the ids', s.oid::regclass),
           case when pg_has_role(current_user, s.relowner, 'usage') then 'It becomes a bigint''s, if it is not one.'
               else format('alter sequence %s owner to %I;', s.oid::regclass, current_user) end
    from old o
    join present p on p.attname = 'id'
    join pg_depend u on u.refclassid = 'pg_class'::regclass
    join pg_class s on s.oid = u.refobjid and s.relkind = 'S'
    join pg_attrdef d on d.adrelid = o.oid and d.adnum = p.attnum and u.classid = 'pg_attrdef'::regclass and u.objid = d.oid
    union all
    select 3, 'told', format('Column %I of %s must be given a value', p.attname, o.name),
           'Handlers that add records with RecordIntake cannot give it one: give it a default.'
    from old o
    join present p on p.attnotnull and not p.atthasdef and p.attidentity = '' and p.attname not in (select name from wanted)
    union all
    select 3, 'kept', format('Constraint %I of %s: %s', t.conname, o.name, pg_get_constraintdef(t.oid)),
           'A status beyond pending, processing, completed and failed is left alone, and counted apart.'
    from old o
    join present p on p.attname = 'status'
    join pg_constraint t on t.conrelid = o.oid and t.contype = 'c' and p.attnum = any (t.conkey)
    where cardinality(regexp_split_to_array(pg_get_constraintdef(t.oid), '''(pending|processing|completed|failed)''')) <> 5
       or cardinality(regexp_split_to_array(pg_get_constraintdef(t.oid), '''::')) <> 5
    -- Columns that are rewritten, and whatever depends on them.
    union all
    select 4, 'changed', format('Columns %s of %s are rewritten', string_agg(quote_ident(p.attname), ', ' order by p.attnum), o.name),
           'id becomes bigint, a timestamp becomes timestamptz: its wall clock is taken to be that of '
           || 'spring.flyway.placeholders.legacyTimeZone (UTC).'
    from old o
    join touched t on true
    join present p on p.attnum = t.attnum
    group by o.name
    union all
    select 4, 'changed', format('View %s reads these columns', v.name),
           'It is dropped and made again, with its owner, grants, comments and options; its columns get the new types.'
    from views v
    where v.may_be_remade
    union all
    select 4, 'refused', format('View %s belongs to role %I, and role %I may not make it again', v.name, pg_get_userbyid(v.relowner), current_user),
           format('drop view %s; and create it again afterwards. Or grant %I to %I, and both of them create on its schema.',
                  v.name, pg_get_userbyid(v.relowner), current_user)
    from views v
    where not v.may_be_remade
    union all
    select 4, 'refused', format('View %s has more than can be made again: a default, a trigger, a rule, a security label, a grant by somebody else than its owner, or a function of yours that takes an integer or a timestamp', v.name),
           format('drop view %s; and create it again afterwards.', v.name)
    from views v
    where v.relpersistence = 't'
       or exists (select from pg_attrdef d where d.adrelid = v.oid)
       or exists (select from pg_trigger t where t.tgrelid = v.oid)
       or exists (select from pg_rewrite r where r.ev_class = v.oid and r.rulename <> '_RETURN')
       or exists (select from pg_seclabel s where s.classoid = 'pg_class'::regclass and s.objoid = v.oid)
       or exists (select from pg_depend u where u.classid = 'pg_class'::regclass and u.objid = v.oid and u.deptype = 'e')
       or exists (select from aclexplode(v.relacl) a where a.grantor <> v.relowner)
       or v.calls_theirs
       or exists (
           select
           from pg_attribute a
           cross join lateral aclexplode(a.attacl) g
           where a.attrelid = v.oid and g.grantor <> v.relowner)
    union all
    select distinct 4, 'refused',
           format('%s depends on %s', upper(left(d.thing, 1)) || substr(d.thing, 2),
                  case when d.on_view then 'a view that is to be made again' else 'a column that is rewritten' end),
           case d.classid
               when 'pg_policy'::regclass then format('Drop it, and create it again afterwards: drop policy %I on %s;', d.name, d.relation)
               when 'pg_trigger'::regclass then format('Drop it, and create it again afterwards: drop trigger %I on %s;', d.name, d.relation)
               when 'pg_proc'::regclass then format('Drop it, and create it again afterwards: drop function %s;', d.objid::regprocedure)
               when 'pg_class'::regclass then format('Drop it, and create it again afterwards: alter table %s drop column %I;', d.relation, d.name)
               when 'pg_attrdef'::regclass then format('Drop it, and create it again afterwards: alter table %s drop column %I;', d.relation, d.name)
               when 'pg_publication_rel'::regclass then format('Publish the table without a filter and a list of columns: alter publication %I drop table %s;', d.name, d.relation)
               when 'pg_rewrite'::regclass then
                   case when d.kind = 'm' then format('Drop it, and create it again afterwards: drop materialized view %s;', d.relation)
                       else format('Drop it, and create it again afterwards: drop rule %I on %s;', d.name, d.relation) end
               else 'Drop it, and create it again afterwards.' end
    from (
        select u.classid, u.objid, pg_describe_object(u.classid, u.objid, u.objsubid) as thing, v.oid is not null as on_view,
               coalesce(p.polname, t.tgname, b.pubname, case when c.relkind <> 'm' then r.rulename end, da.attname, ga.attname) as name,
               coalesce(p.polrelid, t.tgrelid, pr.prrelid, r.ev_class, d.adrelid, ga.attrelid)::regclass as relation, c.relkind as kind
        from old o
        join pg_depend u on u.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
        left join views v on u.refobjid in (v.oid, v.reltype)
        left join pg_policy p on u.classid = 'pg_policy'::regclass and p.oid = u.objid
        left join pg_trigger t on u.classid = 'pg_trigger'::regclass and t.oid = u.objid
        left join pg_publication_rel pr on u.classid = 'pg_publication_rel'::regclass and pr.oid = u.objid
        left join pg_publication b on b.oid = pr.prpubid
        left join pg_rewrite r on u.classid = 'pg_rewrite'::regclass and r.oid = u.objid
        left join pg_class c on c.oid = r.ev_class
        left join pg_attrdef d on u.classid = 'pg_attrdef'::regclass and d.oid = u.objid
        left join pg_attribute da on da.attrelid = d.adrelid and da.attnum = d.adnum
        left join pg_attribute ga on u.classid = 'pg_class'::regclass and u.objid = o.oid
            and ga.attrelid = o.oid and ga.attnum = u.objsubid and ga.attnum > 0
        where (u.refclassid = 'pg_class'::regclass and u.refobjid = o.oid and u.refobjsubid in (select attnum from touched)
                or v.oid is not null)
          and u.deptype in ('n', 'a')
          -- Kept, made again, or looked at elsewhere.
          and not (u.classid = 'pg_class'::regclass and v.oid is null and ga.attname is null)
          and u.classid not in ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass, 'pg_type'::regclass)
          and not (u.classid = 'pg_attrdef'::regclass and d.adrelid = o.oid and d.adnum = u.refobjsubid and da.attgenerated = '')
          and not (u.classid = 'pg_rewrite'::regclass and c.relkind = 'v' and r.rulename = '_RETURN')
          and not (u.classid = 'pg_rewrite'::regclass and v.oid is not null and c.oid = v.oid)
          and not (u.classid = 'pg_trigger'::regclass and v.oid is not null)
          and not (u.classid = 'pg_attrdef'::regclass and v.oid is not null)
    ) d
    union all
    select 4, 'refused', format('Rule %I of %s changes what is done to records', r.rulename, o.name),
           format('drop rule %I on %s;', r.rulename, o.name)
    from old o
    join pg_rewrite r on r.ev_class = o.oid and o.relkind = 'r'
    where not exists (
        select
        from pg_depend u
        where u.classid = 'pg_rewrite'::regclass and u.objid = r.oid and u.refobjid = o.oid and u.deptype = 'n'
          and u.refobjsubid in (select attnum from touched))
    union all
    select 4, 'refused', format('Column %I of %s has the type of a row of %s', a.attname, a.attrelid::regclass, o.name),
           format('alter table %s drop column %I;', a.attrelid::regclass, a.attname)
    from old o
    join pg_type t on t.oid = o.reltype
    join pg_attribute a on a.atttypid in (t.oid, t.typarray) and not a.attisdropped and a.attnum > 0
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'm', 'c', 'f')
    -- Indexes.
    union all
    select 5,
           case when i.is_old then 'changed' when i.settled then 'refused' when i.reckons then 'refused' else 'kept' end,
           case when i.is_old then format('Index %s is the old system''s', i.name)
               when i.settled then format('Index %s mentions what a completion changes, which halves the throughput: %s', i.name, i.definition)
               when i.reckons then format('Index %s reckons with a time that is rewritten: %s', i.name, i.definition)
               else format('Index %s: %s', i.name, i.definition) end,
           case when i.is_old then 'It is dropped: ours take its place.'
               when i.settled or i.reckons then
                   case when i.constraint_oid is null then format('drop index %s;', i.name)
                       else format('alter table %s drop constraint %I;', o.name, i.conname) end
                   || case when i.indisunique and i.settled then ' What it keeps apart can have a record_key, unique per flow.' else '' end
               else 'Each claim and each new record has to maintain it.' end
    from old o
    join (
        select x.*, not x.indisunique and x.indexprs is null and x.constraint_oid is null and x.shape in (
                   '(status)', '(flow_name)', '(created_at)', '(claimed_at)', '(flow_instance_id)',
                   '(status, created_at)', '(flow_name, status)', '(flow_name, status, created_at)',
                   '(completed_at, created_at, status)',
                   '(flow_instance_id) WHERE (flow_instance_id IS NOT NULL)',
                   '(claimed_at) WHERE (claimed_at IS NOT NULL)',
                   '(created_at) WHERE ((status)::text = ''pending''::text)',
                   '(claimed_at) WHERE ((status)::text = ''processing''::text)',
                   '(retry_count, created_at) WHERE ((status)::text = ''failed''::text)') as is_old
        from index x) i on true
    where i.is_old or i.constraint_oid is null or i.settled or i.reckons
    -- Triggers.
    union all
    select 6, case when t.only_dates then 'changed' else 'kept' end,
           format('Trigger %I of %s calls %I', t.tgname, o.name, t.proname),
           case when t.only_dates then 'It only sets updated_at, which one of ours does: it is dropped.'
               else 'It is called for what the worker does as well; a trigger before an update that is called for each row costs a seventh of the throughput.' end
    from old o
    join trigger t on t.only_dates or not exists (
        select
        from pg_depend u
        where u.classid = 'pg_trigger'::regclass and u.objid = t.oid and u.refobjid = o.oid
          and u.refobjsubid in (select attnum from touched))
    -- What is worth knowing.
    union all
    select 7, 'told', format('Row level security is on for %s', o.name),
           'The worker''s role must see and change all records: a policy for it, or bypassrls.'
    from old o
    where o.relrowsecurity
    union all
    select 7, 'kept', format('Foreign key %I of %s refers to %s', t.conname, t.conrelid::regclass, o.name),
           'A record that is referred to cannot be deleted by retention, unless the key has on delete cascade or set null.'
    from old o
    join pg_constraint t on t.confrelid = o.oid and t.contype = 'f'
    union all
    select 7, 'told', format('Publication %I publishes %s', b.pubname, o.name),
           'The rewrite is not published: give the subscribers the new columns and types first.'
    from old o
    join pg_publication b on b.puballtables
        or exists (select from pg_publication_rel r where r.prpubid = b.oid and r.prrelid = o.oid)
    union all
    select 7, 'told', 'Old workers that go on claiming will read the whole table for it, since no index of ours mentions the status',
           'In a large table, help them for as long as there are any: '
           || 'create index concurrently old_workers on processing_queue (created_at) where status = ''pending''; '
           || 'and drop it with the last of them, since it costs each completion a heap-only update.'
    from old o
    where o.relkind = 'r'
    union all
    select 7, 'told', format('%s is the target of a subscription', o.name),
           'What is replicated into it goes round the triggers: end the subscription, or count anew afterwards (queue_recount).'
    from old o
    where exists (select from pg_subscription_rel s where s.srrelid = o.oid)
    union all
    select 7, 'told', format('%s has %s with its indexes, and %s records', o.name, pg_size_pretty(pg_total_relation_size(o.oid)),
                             case when o.reltuples < 0 then 'no statistics say how many'
                                 else 'about ' || o.reltuples::bigint::text end),
           format('The adoption rewrites it once, under an exclusive lock: about %s on a server that is not busy. Meanwhile it needs %s more.',
                  make_interval(secs => 2 + ceil(pg_relation_size(o.oid) / 30e6)), pg_size_pretty(1.3 * pg_table_size(o.oid)))
    from old o
    where o.relkind = 'r'
)
select verdict, finding, advice
from findings
order by array_position(array['refused', 'changed', 'kept', 'told'], verdict), part, finding;

-- 2. From the records: reads the table once, and fails where there is none, or one without these columns. What retention
-- would delete is told if the session says how long adopted records are to be kept (set rpa.adopted = '90 days').
with seen as (
    select coalesce(status, 'pending')::text as status, count(*) as records, min(created_at)::timestamp as oldest,
           count(*) filter (where status is null or retry_count is null or created_at is null or updated_at is null) as incomplete,
           count(*) filter (where flow_name = '') as unnamed,
           count(*) filter (
               where coalesce(completed_at, updated_at)
                   < now() - nullif(current_setting('rpa.adopted', true), '')::interval) as old,
           max(updated_at)::timestamp as latest
    from processing_queue
    where to_regclass(format('%I.processing_queue_unfenced', current_schema())) is null
    group by 1
), findings (part, verdict, finding, advice) as (
    select 1, case when status in ('processing', 'failed') then 'changed' else 'kept' end,
           format('Records that are %s: %s, the oldest of %s', status, records, coalesce(to_char(oldest, 'YYYY-MM-DD HH24:MI'), 'no known date')),
           case status
               when 'pending' then 'They are claimed, oldest first, once their flow is enabled.'
               when 'processing' then 'They run again if nobody completes them within their flow''s cleanup-timeout (1h).'
               when 'completed' then 'Nothing is done to them.'
               when 'failed' then 'They become dead letters, kind unknown: they run again when an operator says so.'
               else 'The worker leaves them alone, and counts them apart.' end
    from seen
    union all
    select 2, 'changed', format('Records without a status, a retry_count or a date: %s', sum(incomplete)),
           'They get what a new record gets: pending, 0, now.'
    from seen
    having sum(incomplete) > 0
    union all
    select 2, 'refused', format('Records of a flow without a name: %s', sum(unnamed)),
           'update processing_queue set flow_name = ''unnamed'' where flow_name = '''';'
    from seen
    having sum(unnamed) > 0
    union all
    select 3, 'told',
           case when nullif(current_setting('rpa.adopted', true), '') is null then 'Retention deletes nothing of what is adopted'
               else format('Records that are adopted and that retention deletes: %s', sum(old) filter (where status in ('completed', 'failed'))) end,
           'rpa.maintenance.retention.adopted says after how long; it is not set by default.'
    from seen
    having count(*) > 0
    union all
    select 3, 'told',
           format('The latest updated_at is %s, and it is %s now in UTC',
                  to_char(max(latest), 'YYYY-MM-DD HH24:MI'), to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI')),
           'If the old system''s sessions were not in UTC, set spring.flyway.placeholders.legacyTimeZone to their zone.'
    from seen
    having max(latest) is not null
)
select verdict, finding, advice
from findings
order by array_position(array['refused', 'changed', 'kept', 'told'], verdict), part, finding;
