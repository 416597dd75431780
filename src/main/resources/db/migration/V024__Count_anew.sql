-- What triggers keep is wrong for good once somebody goes round them: a session without triggers, a data-only copy that is
-- counted and copied, a part restored. This counts anew while everybody works on, and answers with what it has mended.
--
-- One statement reads the table and the totals in one snapshot. Whoever inserts, deletes, moves or folds commits records and
-- totals together, so the snapshot has both or neither, and their difference is what is wrong, whatever happens meanwhile.
-- It is added as one more row for each flow; no row is changed that somebody else may hold. Two things come before the snapshot:
-- - a truncate empties the table for older snapshots too, but not the totals: it may not come in between;
-- - of two that count at once the second must see what the first has added.
-- So each has to be a statement of its own, after which the counting one takes a new snapshot: read committed only.
create function queue_recount() returns table (flow varchar, recorded bigint, counted bigint) language plpgsql as $$
begin
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        raise exception 'queue_recount() must run in a transaction that is read committed, this one is %',
            current_setting('transaction_isolation')
            using errcode = 'invalid_transaction_state';
    end if;
    lock table processing_queue in access share mode;
    perform pg_advisory_xact_lock('queue_total'::regclass::oid::bigint);
    return query
        with wrong as materialized (
            select seen.flow_name, sum(seen.told)::bigint as told, sum(seen.there)::bigint as there
            from (
                select q.flow_name, 0 as told, count(*) as there from processing_queue q group by q.flow_name
                union all
                select t.flow_name, sum(t.records), 0 from queue_total t group by t.flow_name
            ) seen
            group by seen.flow_name
            having sum(seen.told) <> sum(seen.there)
        ), mended as (
            insert into queue_total select flow_name, there - told from wrong
        )
        select flow_name, told, there from wrong order by abs(there - told) desc, flow_name;
end $$;

-- Under the rights of whoever calls it, who needs to read the queue and to add to the totals, as workers do; wherever his
-- search_path leads. A policy that hides records from him is an error, since the rest would be taken for all there are.
do $$
begin
    execute format('alter function queue_recount() set search_path = %I, pg_temp', current_schema());
end $$;
alter function queue_recount() set row_security = off;
grant execute on function queue_recount() to public;

-- The leader does it once a day, whoever leads: this row says until when nobody need. Not at once, since the rest of a rollout
-- has the database busy.
insert into leader_term (name, holder, term, expires_at) values ('totals', 'V024', 0, now() + interval '1 hour')
on conflict (name) do nothing;
