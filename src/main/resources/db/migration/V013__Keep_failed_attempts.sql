-- What became of attempts at records, so that those before the last are known as well: of this version the failed ones. The
-- times are PostgreSQL's; when an attempt has started is told by its claim, or by how long the handler took. Rows go by their
-- age, not with their record: a record that is deleted costs no look for them. The primary key is in the order of time, near
-- enough for that.
create table processing_log (
    id bigint generated always as identity primary key,
    flow_name varchar(100) not null,
    record_id bigint not null,
    record_key text,
    attempt integer not null,
    outcome varchar(20) not null,
    kind varchar(20),
    fingerprint varchar(32),
    error text,
    handler text,
    instance text,
    started_at timestamptz,
    finished_at timestamptz not null default now()
);
create index processing_log_record on processing_log (record_id);

-- Whoever notes what is done to records is a worker. What fails on one must not wait until somebody has run
-- docs/sql/roles.sql again.
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
        execute format('grant select, insert, delete on table "${flyway:defaultSchema}".processing_log to %s', worker.name);
    end loop;
end $$;
