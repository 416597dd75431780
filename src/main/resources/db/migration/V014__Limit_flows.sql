-- One row per flow that has a limit for the whole cluster. Its lock puts the claims of that flow in a row, so that two
-- replicas cannot both take the last free place; how many records are under way is counted from live claims each time.
create table flow_limit (
    flow_name varchar(100) primary key,
    tokens double precision not null,
    refilled_at timestamptz not null
);
alter table flow_limit set (fillfactor = 50);
