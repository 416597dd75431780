package io.rpaworker.queue.counts;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says whether the queue's table is cleaned up, and whether PostgreSQL does so by itself. */
@Component
public class TableUpkeep {

    // The functions behind pg_stat_user_tables, as in TableHealth. Dead rows that autovacuum lets gather are a part of
    // the rows and a few more, which the table says for itself or the server for all.
    private static final String LOOK = """
            select c.oid::regclass::text as relation,
                   pg_catalog.pg_stat_get_live_tuples(c.oid) as live, pg_catalog.pg_stat_get_dead_tuples(c.oid) as dead,
                   extract(epoch from clock_timestamp() - greatest(
                       pg_catalog.pg_stat_get_last_vacuum_time(c.oid),
                       pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)))::double precision as seconds
            from pg_class c
            where c.oid = to_regclass('processing_queue')::oid
            """;

    // Without counts autovacuum does not know what to do, and does nothing.
    private static final String SWITCHED_ON = """
            select cast(current_setting('autovacuum') as boolean) and cast(current_setting('track_counts') as boolean)
            """;

    // What is long lies in a table of its own, with an option of its own.
    private static final String PASSED_OVER = """
            select c.oid::regclass::text
            from pg_class c
            left join pg_class long on long.oid = c.reltoastrelid
            where c.oid in (
                    to_regclass('processing_queue')::oid, to_regclass('processing_claim')::oid,
                    to_regclass('queue_total')::oid, to_regclass('worker_instance')::oid,
                    to_regclass('leader_term')::oid, to_regclass('flow_limit')::oid,
                    to_regclass('processing_log')::oid, to_regclass('flow_statistics')::oid,
                    to_regclass('failure_statistics')::oid, to_regclass('statistics_writer')::oid,
                    to_regclass('operator_action')::oid)
              and exists (
                  select from pg_catalog.pg_options_to_table(pg_catalog.array_cat(c.reloptions, long.reloptions)) o
                  where o.option_name = 'autovacuum_enabled' and not cast(o.option_value as boolean))
            order by c.oid
            """;

    private final JdbcClient jdbc;

    TableUpkeep(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How the table is cleaned up.
     *
     * @param relation the table, as the session names it
     * @param live its rows, by PostgreSQL's own estimate
     * @param dead those that are dead and not removed yet, by the same
     * @param vacuumed how long ago a vacuum last ended; null if never since the statistics began
     */
    public record Upkeep(
            String relation, long live, long dead, @Nullable Duration vacuumed) {

        /** Dead rows among all, in percent. */
        public double deadPercent() {
            return dead == 0 ? 0 : 100.0 * dead / (live + dead);
        }
    }

    /** Looks once; empty if the session finds no such table. */
    public Optional<Upkeep> look() {
        return jdbc.sql(LOOK)
                .query((row, rowNumber) -> {
                    double seconds = row.getDouble("seconds");
                    Duration vacuumed = row.wasNull() ? null : Duration.ofMillis((long) (seconds * 1000));
                    return new Upkeep(row.getString("relation"), row.getLong("live"), row.getLong("dead"), vacuumed);
                })
                .optional();
    }

    /** Whether PostgreSQL cleans up tables by itself. */
    public boolean isAutomatic() {
        return jdbc.sql(SWITCHED_ON).query(Boolean.class).single();
    }

    /**
     * The tables of the worker's that it passes over all the same, as the session names them; empty if there is none.
     */
    public List<String> passedOver() {
        return jdbc.sql(PASSED_OVER).query(String.class).list();
    }
}
