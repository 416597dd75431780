-- A hint for idle replicas, once per inserting statement and flow, and only while somebody listens: NOTIFY takes a lock of
-- the whole database at commit. Whoever misses it finds the records by polling.
alter table worker_instance add column listening boolean not null default false;

create or replace function queue_total_add() returns trigger language plpgsql as $$
begin
    insert into queue_total select flow_name, count(*) from changed group by flow_name;
    if exists (select from worker_instance where listening and ended_at is null) then
        perform pg_notify('rpa_records', flow_name) from changed where status = 'pending' group by flow_name;
    end if;
    return null;
end $$;
