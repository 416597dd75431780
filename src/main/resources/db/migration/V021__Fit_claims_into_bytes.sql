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
    while bytes < most and taken < cardinality(sizes) loop
        taken := taken + 1;
        bytes := bytes + sizes[taken];
    end loop;
    return cardinality(sizes) - taken;
end $$;

-- Claims ask for it under the worker's own role, which need not be the migrator's.
grant execute on function records_beyond(integer[], bigint) to public;
