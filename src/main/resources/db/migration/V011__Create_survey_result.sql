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
