package io.rpaworker.migration;

import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who may do what with the schema, its tables, sequences, functions and domains: a line for each object and each who
 * may.
 */
final class Privileges {

    // By name, since PostgreSQL 17 knows one more (MAINTAIN), which nobody is granted by himself. An owner's own rights
    // are
    // not listed, and an owner who is none of the worker's roles is no one's business: whose public is depends on the
    // version.
    private static final String GRANTED = """
            with here as (
                select oid, nspname from pg_namespace where nspname = current_schema()
            ), object (kind, name, owner, acl) as (
                select 'schema', text 'current', n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
                from pg_namespace n
                join here h on h.oid = n.oid
                union all
                select case c.relkind when 'S' then 'sequence' when 'r' then 'table' else 'other relation' end,
                       c.relname::text, c.relowner,
                       coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
                from pg_class c
                join here h on h.oid = c.relnamespace
                where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
                union all
                select 'column', c.relname || '.' || a.attname, c.relowner, a.attacl
                from pg_class c
                join here h on h.oid = c.relnamespace
                join pg_attribute a on a.attrelid = c.oid and a.attacl is not null
                union all
                select case when p.prosecdef then 'definer' else 'function' end,
                       format('%s(%s)', p.proname, oidvectortypes(p.proargtypes)),
                       p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
                from pg_proc p
                join here h on h.oid = p.pronamespace
                union all
                select 'domain', t.typname::text, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
                from pg_type t
                join here h on h.oid = t.typnamespace
                where t.typtype = 'd'
            ), granted (kind, name, grantee, rights) as (
                select kind, name, pg_get_userbyid(owner), '(owner)'
                from object
                where kind not in ('schema', 'column')
                union all
                select kind, name, case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end,
                       string_agg(lower(a.privilege_type) || case when a.is_grantable then '*' else '' end, ' '
                           order by array_position(
                               array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER',
                                   'USAGE', 'CREATE', 'EXECUTE'], a.privilege_type))
                from object
                cross join lateral aclexplode(acl) a
                where a.grantee <> owner
                  and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER',
                      'USAGE', 'CREATE', 'EXECUTE')
                group by kind, name, a.grantee
                union all
                select 'role', r.rolname, r.rolname, concat_ws(' ',
                           case when r.rolcanlogin then 'login' end, case when r.rolsuper then 'superuser' end,
                           case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end,
                           case when r.rolreplication then 'replication' end,
                           case when r.rolbypassrls then 'bypassrls' end,
                           (select 'in ' || string_agg(pg_get_userbyid(m.roleid), ' ' order by m.roleid)
                            from pg_auth_members m where m.member = r.oid))
                from pg_roles r
                where r.rolname in ('rpa_migrator', 'rpa_worker', 'rpa_viewer', 'rpa_operator')
            )
            select kind, name, grantee, rights
            from granted
            order by array_position(
                         array['role', 'schema', 'table', 'column', 'other relation', 'sequence', 'domain', 'function',
                             'definer'], kind),
                     name collate "C",
                     array_position(
                         array['rpa_migrator', 'rpa_worker', 'rpa_viewer', 'rpa_operator', 'public'], grantee::text),
                     grantee collate "C"
            """;

    private record Grant(String kind, String name, String grantee, String rights) {}

    private Privileges() {}

    /** Of the schema that the search path names first, in columns. */
    static List<String> of(RpaDb db) {
        List<Grant> grants = db.jdbc().sql(GRANTED).query(Grant.class).list();
        int kind = width(grants.stream().map(Grant::kind));
        int name = width(grants.stream().map(Grant::name));
        int grantee = width(grants.stream().map(Grant::grantee));
        String format = "%%-%ds  %%-%ds  %%-%ds  %%s".formatted(kind, name, grantee);
        return grants.stream()
                .map(it -> format.formatted(it.kind(), it.name(), it.grantee(), it.rights())
                        .stripTrailing())
                .toList();
    }

    private static int width(Stream<String> values) {
        return values.mapToInt(String::length).max().orElse(1);
    }
}
