-- One row per process start. The id is host + boot UUID, so a restarted pod never inherits its predecessor's claims.
create table worker_instance (
    id varchar(100) primary key,
    host text not null,
    version text not null,
    started_at timestamptz not null default now(),
    lease_until timestamptz not null,
    -- Set once, by the replica that stops in good order or by the one that finds its lease run out; never unset.
    ended_at timestamptz,
    crashed boolean not null default false
);
-- Renewed every few seconds by every replica: free space in each page keeps that a HOT update.
alter table worker_instance set (fillfactor = 50);

-- One row per claim, written by the claim itself: what a dead replica leaves behind is found here, without an index on
-- processing_queue that every claim and completion would have to maintain.
create table processing_claim (
    claim_id uuid primary key,
    instance_id varchar(100) not null,
    flow_name varchar(100) not null,
    claimed_at timestamptz not null default now(),
    isolated boolean not null default false,
    record_ids bigint[] not null
);
create index processing_claim_instance on processing_claim (instance_id);
