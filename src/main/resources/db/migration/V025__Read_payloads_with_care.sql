-- What a claim sends along: PostgreSQL writes a number out in full, so that 16 bytes of a payload may be 131,072 characters
-- of text, and no stored size tells. A text that is longer than this ends the claim at once, before its neighbours are
-- looked at; the worker then claims without payloads, and reads them as below.
create domain claimed_text as text check (octet_length(value) <= 65536);

-- How many digits its numbers have at least, within a factor of four from a thousand on. Nothing is written out for that:
-- it takes as long as the payload is stored large, not as its text would be.
create function digits_at_least(payload jsonb) returns bigint
    language sql immutable strict parallel safe as $$
    select coalesce(sum(scale(number) + case
            when abs(number) < 1e100 then 0
            when abs(number) < 1e1000 then 100
            when abs(number) < 1e4000 then 1000
            when abs(number) < 1e16000 then 4000
            when abs(number) < 1e64000 then 16000
            else 64000 end), 0)
    from (
        select cast(found as numeric) as number
        from jsonb_path_query(payload, 'strict $.** ? (@.type() == "number")') as found) numbers
$$;

-- A payload's text, or why there is none. What another attempt may mend - memory, disks, a shutdown - is no fault of the
-- payload's, and is thrown.
create function payload_text(payload jsonb, most bigint, out content text, out flaw text)
    language plpgsql stable as $$
declare
    bytes bigint := digits_at_least(payload);
begin
    if coalesce(bytes, 0) <= most then
        content := cast(payload as text);
        bytes := octet_length(content);
        if getdatabaseencoding() <> pg_client_encoding() then
            perform convert_to(content, cast(pg_client_encoding() as text));
        end if;
    end if;
    if bytes > most then
        content := null;
        flaw := format('Its payload is at least %s bytes as text, more than rpa.worker.max-payload-bytes (%s)', bytes, most);
    end if;
exception
    when insufficient_resources or operator_intervention or system_error or transaction_rollback then
        raise;
    when others then
        content := null;
        flaw := format('Its payload cannot be read: %s', sqlerrm);
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
            from processing_queue q
            where q.id = asked and q.claim_id = claim and q.status = 'processing';
            continue when not found;
            id := held.id;
            key := held.record_key;
            select t.content, t.flaw into content, flaw from payload_text(held.payload, most_payload) t;
            if flaw is null and getdatabaseencoding() <> pg_client_encoding() then
                perform convert_to(key, cast(pg_client_encoding() as text));
            end if;
        exception
            when insufficient_resources then
                continue;
            when operator_intervention or system_error or transaction_rollback then
                raise;
            when others then
                id := asked;
                key := null;
                content := null;
                flaw := format('It cannot be read: %s', sqlerrm);
        end;
        bytes := bytes + coalesce(octet_length(content), 0);
        return next;
    end loop;
end $$;

grant usage on domain claimed_text to public;
grant execute on function digits_at_least(jsonb), payload_text(jsonb, bigint),
    read_payloads(uuid, bigint[], bigint, bigint) to public;
