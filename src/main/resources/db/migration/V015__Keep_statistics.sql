-- What became of attempts, per flow and minute (kept for two hours), hour (14 days) and day (400 days), all of UTC, so that
-- any time is answered for without reading records, and after they are gone. A replica adds every ten seconds what it has
-- settled, by PostgreSQL's clock at that moment: nothing is paid per record, and what a killed replica has settled in its last
-- ten seconds is missing. Records that Python workers settle are not counted.
create table flow_statistics (
    flow_name varchar(100) not null,
    span varchar(6) not null check (span in ('minute', 'hour', 'day')),
    starts_at timestamptz not null,
    completed bigint not null,
    -- Failed attempts after which another is due.
    retried_error bigint not null,
    retried_timeout bigint not null,
    dead_error bigint not null,
    dead_timeout bigint not null,
    dead_rejected bigint not null,
    dead_payload bigint not null,
    dead_poison bigint not null,
    released bigint not null,
    -- From available to claimed, and in the handler; of the latter those of completed records and failed attempts. Of each the
    -- sum, and how many there are up to 1 ms, 2, 5, 10, ... 50,000,000 ms, and above.
    wait_seconds double precision not null,
    waits bigint[] not null check (cardinality(waits) = 25),
    run_seconds double precision not null,
    runs bigint[] not null check (cardinality(runs) = 25),
    primary key (span, starts_at, flow_name)
) with (fillfactor = 70);

-- What went wrong, per flow, hour and day of UTC (kept for 14 days), kind and fingerprint: 100 fingerprints of a flow in an
-- hour, as many in a day, and the rest as other.
create table failure_statistics (
    flow_name varchar(100) not null,
    span varchar(6) not null check (span in ('hour', 'day')),
    starts_at timestamptz not null,
    kind varchar(20) not null,
    fingerprint varchar(32) not null,
    attempts bigint not null,
    -- How many of them were the last.
    dead bigint not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    -- The beginning of what one of them said.
    sample text not null,
    primary key (span, starts_at, flow_name, kind, fingerprint)
) with (fillfactor = 70);

-- The last addition of each process, so that one whose answer was lost is not made twice.
create table statistics_writer (
    id uuid primary key,
    additions bigint not null,
    added_at timestamptz not null
);

-- Since when who leads does, and the term that this is said of: an older release takes a term and says nothing.
alter table leader_term add column taken_at timestamptz, add column taken_term bigint;

-- As V013: what fails on one of these must not wait until somebody has run docs/sql/roles.sql again.
do $$
declare
    worker record;
begin
    for worker in
        select distinct case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as name
        from pg_class c
        cross join lateral aclexplode(c.relacl) a
        where c.oid = to_regclass('"${flyway:defaultSchema}".operator_action')
          and a.privilege_type = 'INSERT' and a.grantee <> c.relowner
    loop
        execute format('grant select, insert, update, delete on table "${flyway:defaultSchema}".flow_statistics,
            "${flyway:defaultSchema}".failure_statistics, "${flyway:defaultSchema}".statistics_writer to %s', worker.name);
    end loop;
end $$;
