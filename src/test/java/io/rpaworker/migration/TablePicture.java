package io.rpaworker.migration;

import io.rpaworker.testing.RpaDb;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@code \d processing_queue} shows, without psql, and the same from every version of PostgreSQL. */
final class TablePicture {

    private static final String COLUMNS = """
            select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
                   case when a.attnotnull then 'not null' else '' end as nullable,
                   coalesce(pg_get_expr(d.adbin, d.adrelid, true), '') as value
            from pg_attribute a
            left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = 'processing_queue'::regclass and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;
    private static final String INDEXES = """
            select format('"%s" %s%s', c.relname,
                       case when i.indisprimary then 'PRIMARY KEY, ' when t.oid is not null then 'UNIQUE CONSTRAINT, '
                           when i.indisunique then 'UNIQUE, ' else '' end,
                       substring(pg_get_indexdef(i.indexrelid, 0, true) from ' USING (.*)$'))
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            left join pg_constraint t on t.conindid = i.indexrelid and t.contype = 'u'
            where i.indrelid = 'processing_queue'::regclass
            order by i.indisprimary desc, c.relname collate "C"
            """;
    private static final String CONSTRAINTS = """
            select format('"%s" %s', conname, pg_get_constraintdef(oid, true))
            from pg_constraint
            where conrelid = 'processing_queue'::regclass and contype in ('c', 'f', 'x')
            order by conname collate "C"
            """;
    private static final String TRIGGERS = """
            select substring(pg_get_triggerdef(oid, true) from 'TRIGGER (.*)$')
            from pg_trigger
            where tgrelid = 'processing_queue'::regclass and not tgisinternal
            order by tgname collate "C"
            """;
    private static final String OPTIONS =
            "select unnest(reloptions) from pg_class where oid = 'processing_queue'::regclass order by 1";

    private record Column(String name, String type, String nullable, String value) {

        static final Column HEADER = new Column("Column", "Type", "Null", "Default");

        Stream<String> cells() {
            return Stream.of(name, type, nullable, value);
        }
    }

    private final RpaDb db;

    private TablePicture(RpaDb db) {
        this.db = db;
    }

    static List<String> of(RpaDb db) {
        return new TablePicture(db).lines();
    }

    private List<String> lines() {
        var lines = new ArrayList<>(columns());
        section(lines, "Indexes:", INDEXES);
        section(lines, "Constraints:", CONSTRAINTS);
        section(lines, "Triggers:", TRIGGERS);
        section(lines, "Options:", OPTIONS);
        return lines;
    }

    private List<String> columns() {
        List<List<String>> rows = Stream.concat(
                        Stream.of(Column.HEADER), db.jdbc().sql(COLUMNS).query(Column.class).list().stream())
                .map(it -> it.cells().toList())
                .toList();
        int[] widths = IntStream.range(0, 4)
                .map(cell -> rows.stream()
                        .mapToInt(row -> row.get(cell).length())
                        .max()
                        .orElseThrow())
                .toArray();
        var lines = new ArrayList<String>();
        for (List<String> row : rows) {
            lines.add(" %s | %s | %s | %s"
                    .formatted(IntStream.range(0, 4)
                            .mapToObj(cell -> row.get(cell)
                                    + " ".repeat(widths[cell] - row.get(cell).length()))
                            .toArray())
                    .stripTrailing());
        }
        lines.add(
                1,
                "-%s-+-%s-+-%s-+-%s-"
                        .formatted(IntStream.of(widths).mapToObj("-"::repeat).toArray()));
        return lines;
    }

    private void section(List<String> lines, String title, String sql) {
        List<String> entries = db.jdbc().sql(sql).query(String.class).list();
        if (!entries.isEmpty()) {
            lines.add(title);
            entries.forEach(it ->
                    it.lines().map(line -> ("    " + line).stripTrailing()).forEach(lines::add));
        }
    }
}
