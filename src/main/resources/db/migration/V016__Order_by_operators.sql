-- What operators have ordered and is in force: which flows are paused, and which running records are to be interrupted. Both
-- tables are empty most of the time, and every replica reads them each second.

-- A row pauses its flow: no replica claims its records until the row is gone or its time is over.
create table flow_control (
    flow_name varchar(100) primary key,
    paused_by text not null check (paused_by <> ''),
    paused_at timestamptz not null default now(),
    -- Null: until somebody resumes it.
    paused_until timestamptz,
    reason text not null default '' check (length(reason) <= 1000)
);

-- A record that was processing when somebody cancelled it. The replica that runs it interrupts the call and makes it a dead
-- letter of kind cancelled; should it get away from that replica, it is cancelled wherever it turns up. The row goes then.
create table record_cancellation (
    record_id bigint primary key,
    asked_by text not null check (asked_by <> ''),
    asked_at timestamptz not null default now(),
    reason text not null default '' check (length(reason) <= 1000)
);

-- Why somebody did it, in his words.
alter table operator_action add column reason text not null default '' check (length(reason) <= 1000);
alter table canary_retry add column reason text not null default '' check (length(reason) <= 1000);

-- Whoever notes what is done to records is a worker. Its claims ask for pauses from now on, which must not wait until
-- somebody has run docs/sql/roles.sql again; and it shows what was done.
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
        execute format('grant select, insert, update, delete on table "${flyway:defaultSchema}".flow_control,'
            ' "${flyway:defaultSchema}".record_cancellation to %s', worker.name);
        execute format('grant select on table "${flyway:defaultSchema}".operator_action to %s', worker.name);
    end loop;
end $$;
