-- How many records a flow has, whatever their status, kept true by whoever inserts or deletes. What is pending,
-- processing or failed is counted by small indexes; completed is the rest. So neither a claim nor a completion pays for
-- the counting, and no count reads completed rows. One row per statement and flow, folded by the maintenance.
set local statement_timeout = 0;
set local lock_timeout = '60s';

create table queue_total (
    flow_name varchar(100) not null,
    records bigint not null
);

create function queue_total_add() returns trigger language plpgsql as $$
begin
    insert into queue_total select flow_name, count(*) from changed group by flow_name;
    return null;
end $$;

create function queue_total_subtract() returns trigger language plpgsql as $$
begin
    insert into queue_total select flow_name, -count(*) from changed group by flow_name;
    return null;
end $$;

create function queue_total_move() returns trigger language plpgsql as $$
begin
    insert into queue_total values (old.flow_name, -1), (new.flow_name, 1);
    return null;
end $$;

create function queue_total_clear() returns trigger language plpgsql as $$
begin
    delete from queue_total;
    return null;
end $$;

-- Producers of the old system may be at work: what is not counted here must be counted by the triggers.
lock table processing_queue in share row exclusive mode;
insert into queue_total select flow_name, count(*) from processing_queue group by flow_name;

create trigger count_inserted after insert on processing_queue
    referencing new table as changed for each statement execute function queue_total_add();
create trigger count_deleted after delete on processing_queue
    referencing old table as changed for each statement execute function queue_total_subtract();
create trigger count_moved after update of flow_name on processing_queue
    for each row when (old.flow_name <> new.flow_name) execute function queue_total_move();
create trigger count_truncated after truncate on processing_queue
    for each statement execute function queue_total_clear();
