-- What a role may do to others that is allowed to create objects in their schema: each operator and each function that
-- the statements name, once more, for all types that PostgreSQL might take it for. probes.statement has the statements;
-- the search path is that of pg_catalog only, so that nothing of this is used here.

create table probes.type as
    select name::regtype as type
    from unnest('{boolean, smallint, integer, bigint, real, double precision, numeric, text, varchar, bpchar, name,
        timestamptz, timestamp, date, interval, uuid, jsonb, json, tid, oid, regclass, xid, xid8,
        smallint[], integer[], bigint[], text[], varchar[], uuid[], tid[], timestamptz[], jsonb[], numeric[]}'::text[])
        as name
    union
    select a.atttypid
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped
    union
    select reltype from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r';

-- What may be given where a type is asked for: itself, what PostgreSQL casts without being told, anything for a
-- pseudo-type; and a text, which is what it takes a literal for if anything will.
create table probes.fit as
    select oid as asked, oid as given from pg_type where typtype <> 'p'
    union
    select oid, 'text'::regtype from pg_type
    union
    select c.casttarget, c.castsource
    from pg_cast c join probes.type on type = c.castsource
    where c.castcontext = 'i'
    union
    select asked.typarray, given.typarray
    from pg_cast c
    join pg_type asked on asked.oid = c.casttarget
    join pg_type given on given.oid = c.castsource
    join probes.type on type = given.typarray
    where c.castcontext = 'i' and asked.typarray <> 0
    union
    select asked::regtype, type
    from unnest('{"\"any\"", anyelement, anynonarray, anycompatible, anycompatiblenonarray}'::text[]) as asked,
         probes.type
    union
    select asked::regtype, type
    from unnest('{anyarray, anycompatiblearray}'::text[]) as asked, probes.type
    where format_type(type, null) like '%[]'
    union
    select 'record'::regtype, oid
    from pg_type join probes.type on type = oid
    where typtype = 'c';

-- Where one is variadic, with up to three arguments for it.
create table probes.signature as
    select p.oid as function,
           case when p.provariadic = 0 then args.types
                else trim_array(args.types, 1) || array_fill(p.provariadic, array[more]) end as asked
    from pg_proc p, generate_series(0, 3) more, lateral (select array(select unnest(p.proargtypes)) as types) args
    where p.pronamespace in ('pg_catalog'::regnamespace, 'public'::regnamespace)
      and (more = 0 or p.provariadic <> 0)
      and p.proname in (
          select found[1]
          from probes.statement, regexp_matches(statement, '\m([a-z_0-9]+)\s*\(', 'g') found);

create table probes.operator as
    select oprname as name, case when bool_or(oprresult = 'boolean'::regtype) then 'truth' else 'value' end as kind
    from pg_operator
    where exists (select from probes.statement where position(oprname in statement) > 0)
       -- What in and between stand for, and like.
       or oprname in ('=', '<>', '<=', '>=') or oprname like '%~~%'
    group by oprname;

grant usage on schema probes to hostile;
grant select on all tables in schema probes to hostile;
grant usage, create on schema public to hostile;
set role hostile;

do $$
declare
    l text;
    r text;
    number text;
    one record;
begin
    for l, r, number in
        select format_type(a.type, null), format_type(b.type, null), a.type::oid || '_' || b.type::oid
        from probes.type a, probes.type b
    loop
        execute format(
            $sql$create function public.truth_%3$s(%1$s, %2$s) returns boolean language sql as 'select null::boolean'$sql$,
            l, r, number);
        execute format(
            $sql$create function public.value_%3$s(%1$s, %2$s) returns %1$s language sql as 'select null::%1$s'$sql$,
            l, r, number);
        for one in select * from probes.operator loop
            execute format('create operator public.%s (leftarg = %s, rightarg = %s, function = public.%s_%s)',
                one.name, l, r, one.kind, number);
        end loop;
    end loop;
end $$;

do $$
declare
    found record;
    one text;
begin
    for found in
        with recursive given (function, asked, types) as (
            select function, asked, '{}'::oid[] from probes.signature where cardinality(asked) <= 5
            union all
            select g.function, g.asked, g.types || f.given
            from given g
            join probes.fit f on f.asked = g.asked[cardinality(g.types) + 1]
            -- Of more than two, not all: that would be too many.
            where cardinality(g.asked) <= 2 or f.asked <> '"any"'::regtype
               or f.given in ('text'::regtype, 'varchar'::regtype, 'integer'::regtype, 'bigint'::regtype)
        )
        select p.proname, p.prorettype,
               (select string_agg(format_type(type, null), ', ') from unnest(given.types) type) as types,
               given.types = given.asked and p.pronamespace = 'pg_catalog'::regnamespace as same
        from given join pg_proc p on p.oid = given.function
        where cardinality(given.types) = cardinality(given.asked)
        union all
        -- Named: f(seconds => 1).
        select p.proname, p.prorettype, quote_ident(p.proargnames[position]) || ' ' || format_type(f.given, null), false
        from pg_proc p, unnest(p.proargtypes::oid[]) with ordinality as argument (type, position), probes.fit f
        where p.oid in (select function from probes.signature) and p.proargnames is not null and p.proargmodes is null
          and f.asked = argument.type
          and exists (select from probes.statement where position(p.proargnames[position] || ' =>' in statement) > 0)
    loop
        -- Once more with an argument that may be left out. Not for functions of the schema itself: where two of one schema
        -- fit, PostgreSQL runs neither.
        foreach one in array
            case when found.same then array[found.types, concat_ws(', ', found.types, 'more integer default 0')]
                 else array[coalesce(found.types, '')] end
        loop
            begin
                execute format(
                    $sql$create function public.%1$I(%2$s) returns %3$s language sql as 'select null::%3$s'$sql$,
                    found.proname, one,
                    case when (select typtype from pg_type where oid = found.prorettype) = 'p' then 'text'
                         else format_type(found.prorettype, null) end);
            exception when duplicate_function then
                null;
            end;
        end loop;
    end loop;
end $$;

reset role;
