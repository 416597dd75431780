-- How many records a flow has, whatever their status, kept true by whoever inserts or deletes. What is pending,
-- processing or failed is counted by small indexes; completed is the rest. So neither a claim nor a completion pays for
-- the counting, and no count reads completed rows. One row per statement and flow, folded by the maintenance.
set local statement_timeout = 0;
set local lock_timeout = '60s';

create table queue_total (
    flow_name varchar(100) not null,
    records bigint not null
);
-- A handful of rows, which change all the time: their size says nothing of how often that is.
alter table queue_total set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- And a hint for idle replicas, once per inserting statement and flow, and only while somebody listens: NOTIFY takes a lock of
-- the whole database at commit. Whoever misses it finds the records by polling.
create function queue_total_add() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into "${flyway:defaultSchema}".queue_total select flow_name, count(*) from changed group by flow_name;
    if coalesce(nullif(current_setting('rpa.wake_up', true), ''), 'on')::boolean
            and exists (select from "${flyway:defaultSchema}".worker_instance where listening and ended_at is null) then
        perform pg_notify('rpa_records', flow_name) from changed where status = 'pending' group by flow_name;
    end if;
    return null;
end $$;

create function queue_total_subtract() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into "${flyway:defaultSchema}".queue_total select flow_name, -count(*) from changed group by flow_name;
    return null;
end $$;

create function queue_total_move() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into "${flyway:defaultSchema}".queue_total values (old.flow_name, -1), (new.flow_name, 1);
    return new;
end $$;

-- A fold that is still open has deleted rows that a truncate would wait for, and inserted one that it would not see.
create function queue_total_clear() returns trigger language plpgsql
    security definer set search_path = pg_catalog, pg_temp as $$
begin
    lock table "${flyway:defaultSchema}".queue_total in exclusive mode;
    delete from "${flyway:defaultSchema}".queue_total;
    return null;
end $$;

-- Whoever may write processing_queue is counted, whatever else that role may do: these functions run as their owner.
-- Nobody else may hang them on a table of their own.
revoke execute on function queue_total_add(), queue_total_subtract(), queue_total_move(), queue_total_clear() from public;

-- Producers of the old system may be at work: what is not counted here must be counted by the triggers.
lock table processing_queue in share row exclusive mode;
insert into queue_total select flow_name, count(*) from processing_queue group by flow_name;

create trigger count_inserted after insert on processing_queue
    referencing new table as changed for each statement execute function queue_total_add();
create trigger count_deleted after delete on processing_queue
    referencing old table as changed for each statement execute function queue_total_subtract();
create trigger count_moved
    after update of flow_name on processing_queue
    for each row when (old.flow_name::text <> new.flow_name::text) execute function queue_total_move();
create trigger count_truncated after truncate on processing_queue
    for each statement execute function queue_total_clear();

-- What triggers keep is wrong for good once somebody goes round them: a session without triggers, a data-only copy that is
-- counted and copied, a part restored. This counts anew while everybody works on, and answers with what it has mended.
--
-- One statement reads the table and the totals in one snapshot. Whoever inserts, deletes, moves or folds commits records and
-- totals together, so the snapshot has both or neither, and their difference is what is wrong, whatever happens meanwhile.
-- It is added as one more row for each flow; no row is changed that somebody else may hold. Two things come before the snapshot:
-- - a truncate empties the table for older snapshots too, but not the totals: it may not come in between;
-- - of two that count at once the second must see what the first has added.
-- So each has to be a statement of its own, after which the counting one takes a new snapshot: read committed only.
create function queue_recount() returns table (flow varchar, recorded bigint, counted bigint) language plpgsql
    set search_path = pg_catalog, pg_temp set row_security = off as $$
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'queue_recount() must run in a transaction that is read committed, this one is %',
            current_setting('transaction_isolation')
            using errcode = 'invalid_transaction_state';
    end if;
    lock table "${flyway:defaultSchema}".processing_queue in access share mode;
    perform pg_advisory_xact_lock('"${flyway:defaultSchema}".queue_total'::regclass::oid::bigint);
    return query
        with wrong as materialized (
            select seen.flow_name, sum(seen.told)::bigint as told, sum(seen.there)::bigint as there
            from (
                select q.flow_name, 0 as told, count(*) as there from "${flyway:defaultSchema}".processing_queue q group by q.flow_name
                union all
                select t.flow_name, sum(t.records), 0 from "${flyway:defaultSchema}".queue_total t group by t.flow_name
            ) seen
            group by seen.flow_name
            having sum(seen.told) <> sum(seen.there)
        ), mended as (
            insert into "${flyway:defaultSchema}".queue_total select flow_name, there - told from wrong
        )
        select flow_name, told, there from wrong order by abs(there - told) desc, flow_name;
end $$;

-- Under the rights of whoever calls it, who needs to read the queue and to add to the totals, as workers do. A policy that hides
-- records from him is an error, since the rest would be taken for all there are.
grant execute on function queue_recount() to public;
