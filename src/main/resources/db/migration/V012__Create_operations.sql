-- Which replica may do the chores. The term grows with every change of holder; what a leader writes asks for it.
create table leader_term (
    name varchar(50) primary key,
    holder varchar(100) not null,
    term bigint not null,
    expires_at timestamptz not null
);
alter table leader_term set (fillfactor = 50);

-- Who did what to records, when, and to how many. Only ever added to.
create table operator_action (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null check (actor <> ''),
    action text not null,
    flow_name varchar(100),
    details jsonb not null default '{}',
    records bigint not null
);

-- A retry of many dead letters that goes on only once its first few have succeeded.
create table canary_retry (
    id bigint generated always as identity primary key,
    started_at timestamptz not null default now(),
    actor text not null,
    filter jsonb not null,
    record_ids bigint[] not null,
    state text not null default 'watching' check (state in ('watching', 'went_on', 'stopped')),
    ended_at timestamptz
);
create index canary_retry_watching on canary_retry (id) where state = 'watching';
