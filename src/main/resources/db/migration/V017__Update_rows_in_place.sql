-- An "after" trigger makes PostgreSQL fetch every updated row once more, whether or not its condition holds: a page read
-- for each claim and each completion. The table has "before" triggers anyway.
drop trigger count_moved on processing_queue;

create or replace function queue_total_move() returns trigger language plpgsql as $$
begin
    insert into queue_total values (old.flow_name, -1), (new.flow_name, 1);
    return new;
end $$;

create trigger count_moved before update on processing_queue
    for each row when (old.flow_name <> new.flow_name) execute function queue_total_move();

-- As V016 has it for the others.
do $$
begin
    execute format('alter function queue_total_move() security definer set search_path = %I, pg_temp', current_schema());
end $$;
