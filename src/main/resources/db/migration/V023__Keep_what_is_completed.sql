-- The effect of a completed record is in rpa_db: whatever makes it run again repeats that. A status that somebody's SQL
-- would take from a completed record stays, unless the transaction says that it means it. An "after" trigger, as V020 has
-- it; for the worker's own statements its condition is false and no function runs. It touches no table, so it runs as
-- whoever changes the row.
set local statement_timeout = 0;
set local lock_timeout = '60s';

create function processing_queue_keep_completed() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if coalesce(nullif(current_setting('rpa.reopen', true), ''), 'off')::boolean then
        return null;
    end if;
    raise exception 'record % of flow "%" is completed and cannot become %: its effect is in rpa_db',
            old.id, old.flow_name, new.status
        using errcode = 'check_violation', constraint = 'keep_completed', table = 'processing_queue',
            hint = 'To have it run again, and its effect repeated: begin; set local rpa.reopen = on; update ...; commit';
end $$;

create trigger keep_completed
    after update on processing_queue
    for each row
    when (old.status::text operator(pg_catalog.=) 'completed'::text
        and new.status::text operator(pg_catalog.<>) 'completed'::text)
    execute function processing_queue_keep_completed();
