-- The table as the old system made it, so that an rpa_db which already has it is adopted by the migrations that follow.
create table if not exists processing_queue (
    id serial primary key,
    flow_name varchar(100) not null,
    payload jsonb not null,
    status varchar(20) default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
    flow_instance_id varchar(100),
    claimed_at timestamp,
    completed_at timestamp,
    error_message text,
    retry_count integer default 0,
    created_at timestamp default now(),
    updated_at timestamp default now()
);
