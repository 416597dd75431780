package io.rpaworker.queue.shape;

import io.rpaworker.database.RpaDbPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Columns, indexes and triggers of the queue's table, and the functions of its schema: as they are and as they should
 * be.
 */
@Component
public class QueueShape {

    // - The same from every version of PostgreSQL and in every schema: names of schemas are taken out of what is
    // hashed.
    // - An adopted table may have a text where the migrations have a varchar, and any name for its primary key.
    private static final String FIND = """
            with home as (
                select c.oid, c.relnamespace, n.nspname::text as schema, c.oid::regclass::text as relation
                from pg_class c
                join pg_namespace n on n.oid = c.relnamespace
                where c.oid = to_regclass('processing_queue')::oid
            )
            select home.relation, part.kind, part.name, part.definition, part.broken
            from home
            cross join lateral (
                select 'column' as kind, a.attname::text as name,
                       pg_catalog.concat_ws(' ', case when t.typcategory::text = 'S' then 'text' else pg_catalog.format_type(a.atttypid, null) end,
                           case when a.attnotnull then 'not null' end, case when a.atthasdef then 'default' end) as definition,
                       false as broken
                from pg_attribute a
                join pg_type t on t.oid = a.atttypid
                where a.attrelid = home.oid and a.attnum > 0 and not a.attisdropped
                union all
                select 'index', case when i.indisprimary then 'primary key' else c.relname::text end,
                       case when i.indisunique then 'unique ' else '' end
                           || substring(pg_get_indexdef(i.indexrelid, 0, true) from ' USING (.*)$'),
                       not (i.indisvalid and i.indisready)
                from pg_index i
                join pg_class c on c.oid = i.indexrelid
                where i.indrelid = home.oid
                union all
                select 'trigger', t.tgname::text,
                       md5(replace(replace(pg_get_triggerdef(t.oid, true), pg_catalog.quote_ident(home.schema) || '.', ''), '::text', '')),
                       t.tgenabled::text in ('D', 'R')
                from pg_trigger t
                where t.tgrelid = home.oid and not t.tgisinternal
                union all
                select 'function', p.proname::text || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                       md5(pg_catalog.concat_ws(' ', replace(p.prosrc, '"' || home.schema || '".', ''),
                           case when p.prosecdef then 'definer' end, pg_catalog.array_to_string(p.proconfig, ' '))),
                       false
                from pg_proc p
                where p.pronamespace = home.relnamespace and p.prokind::text = 'f'
            ) part
            order by part.kind, part.name collate "C"
            """;

    private final JdbcClient jdbc;

    QueueShape(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A column, an index, a trigger or a function.
     *
     * @param relation the table, as the session names it
     * @param kind which of them
     * @param name its own, {@code primary key} for that
     * @param definition its type or its columns, of a trigger or a function a hash
     * @param broken whether an index is not valid, or a trigger switched off
     */
    public record Part(String relation, String kind, String name, String definition, boolean broken) {

        String line() {
            return String.join(" | ", kind, name, definition);
        }

        private static Part of(String line) {
            String[] cells = line.split(" \\| ", 3);
            return new Part("", cells[0], cells[1], cells[2], false);
        }
    }

    /** What there is; empty if the session finds no such table. Functions are all those of its schema. */
    public List<Part> find() {
        return jdbc.sql(FIND).query(Part.class).list();
    }

    /** What the migrations make, with the functions of ours only. */
    public static List<Part> expected() {
        try {
            return new ClassPathResource("queue-shape.txt", QueueShape.class)
                    .getContentAsString(StandardCharsets.UTF_8)
                    .lines()
                    .map(Part::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
