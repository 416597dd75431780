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
    ended_at timestamptz,
    -- How far one that went well has come with the rest: a batch for each transaction.
    reached_flow varchar(100),
    reached_failed_at timestamptz,
    reached_id bigint
);
create index canary_retry_watching on canary_retry (id) where state = 'watching';

-- What flow survey_processor finds out, one row per survey.
create table survey_result (
    survey_id text primary key,
    customer_id text not null,
    survey_name text not null,
    answered integer not null check (answered between 0 and total),
    total integer not null check (total > 0),
    completeness numeric(5, 4) not null,
    numeric_mean numeric,
    grade text not null check (grade in ('complete', 'partial', 'poor')),
    record_id bigint not null,
    processed_at timestamptz not null default now()
);
