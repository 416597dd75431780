-- One row per process start. The id is host + boot UUID, so a restarted pod never inherits its predecessor's claims.
create table worker_instance (
    id varchar(100) primary key,
    host text not null,
    version text not null,
    started_at timestamptz not null default now(),
    lease_until timestamptz not null,
    -- Set once, by the replica that stops in good order or by the one that finds its lease run out; never unset.
    ended_at timestamptz,
    crashed boolean not null default false,
    -- Whether it is to be told of new records.
    listening boolean not null default false,
    -- The records that were blamed for this replica's death. Should it turn out to have stood still or been cut off, they
    -- are acquitted.
    blamed bigint[]
);
-- Renewed every few seconds by every replica: free space in each page keeps that a HOT update.
alter table worker_instance set (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

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
-- What is under way of a flow that has a limit is counted at each of its claims.
create index processing_claim_flow on processing_claim (flow_name);
-- It names its records, 4 kB for 500 of them, and lives for a fraction of a second. PostgreSQL compressed it each time, which
-- was a twentieth of what a claim costs; up to a page it stays as it is.
alter table processing_claim set (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, toast_tuple_target = 8160);

-- One row per flow that has a limit for the whole cluster. Its lock puts the claims of that flow in a row, so that two
-- replicas cannot both take the last free place; how many records are under way is counted from live claims each time.
create table flow_limit (
    flow_name varchar(100) primary key,
    tokens double precision not null,
    refilled_at timestamptz not null
);
alter table flow_limit set (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Which replica may do the chores. The term grows with every change of holder; what a leader writes asks for it.
create table leader_term (
    name varchar(50) primary key,
    holder varchar(100) not null,
    term bigint not null,
    expires_at timestamptz not null
);
alter table leader_term set (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The leader does it once a day, whoever leads: this row says until when nobody need. Not at once, since the rest of a rollout
-- has the database busy.
insert into leader_term (name, holder, term, expires_at) values ('totals', 'V011', 0, now() + interval '1 hour');

-- A claim takes no more payload than its bound. Nearly always all that it found fits, and to say so it need not be sorted and
-- summed up row by row; only where it does not this is asked. In plpgsql, since PostgreSQL would take a function in SQL for a
-- part of the claim and plan it each time.

-- How many of the last payloads begin beyond the bound; not all of them, if it is positive.
create function records_beyond(sizes integer[], most bigint) returns integer
    language plpgsql immutable strict parallel safe as $$
declare
    bytes bigint := 0;
    taken integer := 0;
begin
    while bytes < most and taken < pg_catalog.cardinality(sizes) loop
        taken := taken + 1;
        bytes := bytes + sizes[taken];
    end loop;
    return pg_catalog.cardinality(sizes) - taken;
end $$;

-- Claims ask for it under the worker's own role, which need not be the migrator's.
grant execute on function records_beyond(integer[], bigint) to public;

-- What a claim sends along: PostgreSQL writes a number out in full, so that 16 bytes of a payload may be 131,072 characters
-- of text, and no stored size tells. A text that is longer than this ends the claim at once, before its neighbours are
-- looked at; the worker then claims without payloads, and reads them as below.
create domain claimed_text as text check (pg_catalog.octet_length(value) <= 65536);

-- How many digits its numbers have at least, within a factor of four from a thousand on. Nothing is written out for that:
-- it takes as long as the payload is stored large, not as its text would be.
create function digits_at_least(payload jsonb) returns bigint
    language sql immutable strict parallel safe as $$
    select coalesce(pg_catalog.sum(pg_catalog.scale(number) + case
            when pg_catalog.abs(number) < 1e100 then 0
            when pg_catalog.abs(number) < 1e1000 then 100
            when pg_catalog.abs(number) < 1e4000 then 1000
            when pg_catalog.abs(number) < 1e16000 then 4000
            when pg_catalog.abs(number) < 1e64000 then 16000
            else 64000 end), 0)
    from (
        select cast(found as numeric) as number
        from pg_catalog.jsonb_path_query(payload, 'strict $.** ? (@.type() == "number")') as found) numbers
$$;

-- A payload's text, or why there is none. What another attempt may mend - memory, disks, a shutdown - is no fault of the
-- payload's, and is thrown.
create function payload_text(payload jsonb, most bigint, out content text, out flaw text)
    language plpgsql stable as $$
declare
    bytes bigint := "${flyway:defaultSchema}".digits_at_least(payload);
begin
    if coalesce(bytes, 0) <= most then
        content := cast(payload as text);
        bytes := pg_catalog.octet_length(content);
    end if;
    if bytes > most then
        content := null;
        flaw := pg_catalog.format('Its payload is at least %s bytes as text, more than rpa.worker.max-payload-bytes (%s)', bytes, most);
    end if;
exception
    when insufficient_resources or operator_intervention or system_error or transaction_rollback then
        raise;
    when others then
        content := null;
        flaw := pg_catalog.format('Its payload cannot be read: %s', sqlerrm);
end $$;

-- The records of a claim with their payloads, in the order asked for, until so many bytes are read; at least one. What is
-- not among them is not the claim's any more, or did not fit, or could not be read just now: it is for its neighbours'
-- sake that this is no error.
create function read_payloads(claim uuid, ids bigint[], most_bytes bigint, most_payload bigint)
    returns table (id bigint, key text, content text, flaw text) language plpgsql stable as $$
#variable_conflict use_column
declare
    asked bigint;
    held record;
    bytes bigint := 0;
begin
    foreach asked in array ids loop
        exit when bytes >= most_bytes;
        begin
            select q.id, q.record_key, q.payload into held
            from "${flyway:defaultSchema}".processing_queue q
            where q.id = asked and q.claim_id = claim and q.status::text = 'processing';
            continue when not found;
            id := held.id;
            key := held.record_key;
            select t.content, t.flaw into content, flaw from "${flyway:defaultSchema}".payload_text(held.payload, most_payload) t;
        exception
            when insufficient_resources then
                continue;
            when operator_intervention or system_error or transaction_rollback then
                raise;
            when others then
                id := asked;
                key := null;
                content := null;
                flaw := pg_catalog.format('It cannot be read: %s', sqlerrm);
        end;
        bytes := bytes + coalesce(pg_catalog.octet_length(content), 0);
        return next;
    end loop;
end $$;

grant usage on domain claimed_text to public;
grant execute on function digits_at_least(jsonb), payload_text(jsonb, bigint),
    read_payloads(uuid, bigint[], bigint, bigint) to public;
