-- The roles that rpa_db is worked on with, and their rights. Run it before the first start, and again after the first
-- start of each release with new tables: it grants on what is there. However often it runs, the outcome is the same.
--
--     psql -X -v ON_ERROR_STOP=1 -f docs/sql/roles.sql "postgresql://postgres@db.example/rpa_db"
--
-- As a superuser, or as who may create roles and owns the schema; when the roles are there, as rpa_migrator too. It
-- works in the schema that search_path names first, which has to be the worker's. No role has a password yet: psql asks
-- for one with \password rpa_worker, and sends it in no statement that a log could show.
--
-- It takes nothing away from the four, so that what handlers need, and was granted to the worker, stays.
do $$
declare
    home constant text := current_schema();
    queue regclass;
    item record;
    missing text[] := '{}';
begin
    if home is null then
        raise exception 'search_path (%) names no schema that exists', current_setting('search_path')
            using errcode = 'invalid_schema_name';
    end if;
    raise notice 'In schema % of database %', home, current_database();
    -- A lock that does not come would have everybody else wait behind it.
    perform set_config('lock_timeout', '10s', true);

    -- The migrator owns the tables, the worker works on them, the viewer may look, the operator may give orders as well.
    -- Roles are the server's: they may have been made for another database, or by somebody else at this moment.
    for item in select unnest('{rpa_migrator,rpa_worker,rpa_viewer,rpa_operator}'::text[]) as role loop
        begin
            if not exists (select from pg_roles where rolname = item.role) then
                execute format('create role %I login', item.role);
            end if;
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;

    -- Who may create objects in the schema could put his own where a statement of the worker's finds them.
    if (select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = home)
            or not (has_schema_privilege('rpa_migrator', home, 'create')
                and has_schema_privilege('rpa_worker', home, 'usage')
                and has_schema_privilege('rpa_viewer', home, 'usage')
                and has_schema_privilege('rpa_operator', home, 'usage')) then
        execute format('revoke create on schema %I from public', home);
        execute format('grant usage, create on schema %I to rpa_migrator', home);
        execute format('grant usage on schema %I to rpa_worker, rpa_viewer, rpa_operator', home);
    end if;

    -- A table of the old system becomes the migrator's, which is to convert it, and with it what gives its ids. Whoever
    -- owned it writes to it, and keeps all rights. A table that has been converted stays whose it is, since functions
    -- that run as their owner write to it.
    queue := to_regclass(format('%I.processing_queue', home));
    if queue is not null and to_regclass(format('%I.processing_queue_unfenced', home)) is null then
        begin
            for item in
                select c.oid::regclass as name, c.relkind = 'S' as is_sequence, pg_get_userbyid(c.relowner) as owner
                from pg_class c
                where pg_get_userbyid(c.relowner) <> 'rpa_migrator'
                  and (c.oid = queue or c.oid in (
                      select u.refobjid
                      from pg_attrdef d
                      join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = d.oid
                          and u.refclassid = 'pg_class'::regclass
                      join pg_class s on s.oid = u.refobjid and s.relkind = 'S'
                      where d.adrelid = queue))
                -- A sequence that a column owns goes with its table, and not without it.
                order by c.oid <> queue
            loop
                if not exists (
                        select from pg_class c
                        where c.oid = item.name and pg_get_userbyid(c.relowner) = 'rpa_migrator') then
                    execute format('alter %s %s owner to rpa_migrator',
                        case when item.is_sequence then 'sequence' else 'table' end, item.name);
                end if;
                execute format('grant all on %s %s to %I',
                    case when item.is_sequence then 'sequence' else 'table' end, item.name, item.owner);
                raise notice '% is rpa_migrator''s now; %, who owned it, keeps all rights on it', item.name, item.owner;
            end loop;
        exception when insufficient_privilege then
            raise warning '% must belong to rpa_migrator before the first start, and % may not see to it: %',
                queue, current_user, sqlerrm;
        end;
    end if;

    for item in
        select t.name, to_regclass(format('%I.%I', home, t.name)) as present, t.worker
        from (values
            ('processing_queue', 'select, insert, update, delete'),
            ('processing_claim', 'select, insert, update, delete'),
            ('worker_instance', 'select, insert, update, delete'),
            ('queue_total', 'select, insert, update, delete'),
            ('processing_log', 'select, insert, delete'),
            ('flow_statistics', 'select, insert, update, delete'),
            ('failure_statistics', 'select, insert, update, delete'),
            ('statistics_writer', 'select, insert, update, delete'),
            ('leader_term', 'select, insert, update'),
            ('flow_limit', 'select, insert, update'),
            ('canary_retry', 'select, insert, update'),
            ('survey_result', 'select, insert, update'),
            ('survey_summary', 'select, insert, update'),
            ('adoption', 'select'),
            ('operator_action', 'select, insert'),
            ('flow_control', 'select, insert, update, delete'),
            ('record_cancellation', 'select, insert, update, delete'),
            ('processing_run', 'select, insert, update, delete'),
            ('run_schedule', 'select, insert, update, delete'),
            ('flow_execution_logs', 'select'),
            ('rpa_worker_schema_history', 'select')) as t (name, worker)
    loop
        if item.present is null then
            missing := missing || item.name;
            continue;
        end if;
        if item.worker is not null then
            execute format('grant %s on table %s to rpa_worker', item.worker, item.present);
        end if;
        execute format('grant select on table %s to rpa_viewer, rpa_operator', item.present);
    end loop;

    -- Whatever gives the ids: an old table need not have the name, nor own it.
    for item in
        select distinct s.oid::regclass as name
        from pg_attrdef d
        join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attname = 'id'
        join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = d.oid
            and u.refclassid = 'pg_class'::regclass
        join pg_class s on s.oid = u.refobjid and s.relkind = 'S'
        where d.adrelid = queue
    loop
        execute format('grant usage on sequence %s to rpa_worker', item.name);
    end loop;

    -- Other functions need nothing here: the migrations open those that claims call, and close those that run as their
    -- owner. These do that too, and write down who has called them.
    for item in
        select f.name, to_regprocedure(format('%I.%s', home, f.name)) as present
        from unnest(array[
            'rpa_pause(text, text, timestamptz)', 'rpa_resume(text, text)', 'rpa_retry(text, text, bigint, text, text)',
            'rpa_discard(text, text, bigint, text, text)', 'rpa_explain(bigint)']) as f (name)
    loop
        if item.present is null then
            missing := missing || item.name;
        else
            execute format('grant execute on function %s to rpa_operator', item.present);
        end if;
    end loop;

    if missing <> '{}' then
        raise notice 'Passed over, since not there yet: %. Run this again once the worker has started.',
            array_to_string(missing, ', ');
    end if;
end $$;
