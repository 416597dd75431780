package io.rpaworker.queue.shape;

import io.rpaworker.database.RpaDbPools;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How far the ids of the tables that grow have come, and how far they can. */
@Component
public class IdRoom {

    // What gives the ids, whether or not the column owns it. The end is the sequence's or the column's, whichever comes
    // first. A sequence that the role may not read is left out.
    private static final String SEQUENCES = """
            select a.attrelid::regclass::text as relation, s.seqrelid::regclass::text as sequence,
                   case when pg_catalog.has_sequence_privilege(s.seqrelid, 'usage') or pg_catalog.has_sequence_privilege(s.seqrelid, 'select')
                       then pg_catalog.pg_sequence_last_value(s.seqrelid) end as reached,
                   least(s.seqmax, case pg_catalog.format_type(a.atttypid, null)
                       when 'smallint' then 32767 when 'integer' then 2147483647 else 9223372036854775807 end) as last
            from pg_attribute a
            cross join lateral (
                select u.objid as id
                from pg_depend u
                where u.classid = 'pg_class'::regclass::oid and u.refclassid = 'pg_class'::regclass::oid
                  and u.refobjid = a.attrelid and u.refobjsubid = a.attnum and u.deptype::text in ('a', 'i')
                union
                select u.refobjid
                from pg_attrdef d
                join pg_depend u on u.classid = 'pg_attrdef'::regclass::oid and u.objid = d.oid
                    and u.refclassid = 'pg_class'::regclass::oid
                where d.adrelid = a.attrelid and d.adnum = a.attnum) given
            join pg_sequence s on s.seqrelid = given.id
            where a.attname::text = 'id'
              and a.attrelid in (to_regclass('processing_queue')::oid, to_regclass('processing_log')::oid,
                  to_regclass('operator_action')::oid, to_regclass('canary_retry')::oid)
            """;

    private final JdbcClient jdbc;

    IdRoom(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What gives a table's ids.
     *
     * @param relation the table
     * @param sequence its name
     * @param reached the last id that it gave
     * @param last the last that it can give, or that the column can hold
     */
    public record Sequence(String relation, String sequence, long reached, long last) {

        /** How much of the room is used, in percent. */
        public double usedPercent() {
            return 100.0 * reached / last;
        }
    }

    /** Those that have given an id. */
    public List<Sequence> sequences() {
        return jdbc
                .sql(SEQUENCES)
                .query((row, rowNumber) -> new Sequence(
                        row.getString("relation"),
                        row.getString("sequence"),
                        row.getLong("reached"),
                        row.getLong("last")))
                .list()
                .stream()
                .filter(it -> it.reached() > 0)
                .toList();
    }
}
