package io.rpaworker.queue.counts;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Says what keeps PostgreSQL from cleaning the queue up. Dead rows are only removed once no snapshot can see them; one
 * forgotten session of this database is enough to keep them all.
 */
@Component
public class TableHealth {

    // What pg_stat_user_tables shows as n_dead_tup; to plan a look at that view takes two milliseconds.
    private static final String DEAD_TUPLES = """
            select coalesce(pg_catalog.pg_stat_get_dead_tuples(to_regclass('processing_queue')), 0)
            """;

    // Only of this database, or of none, like a standby's: others keep nothing from being cleaned up here. Nor does a
    // vacuum, whose snapshot does not count.
    private static final String HOLDERS = """
            select 'session' as kind, pid::text as name, coalesce(application_name, '') as application,
                   coalesce(extract(epoch from clock_timestamp() - coalesce(xact_start, query_start)), 0) as seconds,
                   greatest(age(backend_xmin), age(backend_xid)) as transactions
            from pg_stat_activity
            where (backend_xmin is not null or backend_xid is not null) and pid <> pg_backend_pid()
              and (datname = current_database() or datname is null) and backend_type <> 'autovacuum worker'
            union all
            select 'prepared transaction', gid, owner::text, extract(epoch from clock_timestamp() - prepared),
                   age(transaction)
            from pg_prepared_xacts
            where database = current_database()
            union all
            select 'replication slot', slot_name::text, coalesce(plugin::text, ''), 0,
                   greatest(age(xmin), age(catalog_xmin))
            from pg_replication_slots
            where xmin is not null or catalog_xmin is not null
            order by transactions desc, seconds desc
            limit 5
            """;

    /** The kind of a session, and of a prepared transaction; the others are replication slots. */
    public static final String SESSION = "session";

    public static final String PREPARED = "prepared transaction";

    private final JdbcClient jdbc;

    TableHealth(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Somebody who holds an old snapshot.
     *
     * @param kind a session, a prepared transaction or a replication slot
     * @param name the session's pid, the transaction's gid or the slot's name
     * @param application the session's application, the transaction's owner or the slot's plugin
     * @param age since when; zero for a slot, which has no date
     * @param transactions how many transactions ago its snapshot was taken
     */
    public record Holder(String kind, String name, String application, Duration age, long transactions) {}

    /** Rows of the queue that are dead and not removed yet, by PostgreSQL's own estimate. */
    public long deadTuples() {
        return jdbc.sql(DEAD_TUPLES).query(Long.class).single();
    }

    /** The five who hold the oldest snapshots, the oldest first; empty if nobody holds one. */
    public List<Holder> holders() {
        return jdbc.sql(HOLDERS)
                .query((row, rowNumber) -> new Holder(
                        row.getString("kind"),
                        row.getString("name"),
                        row.getString("application"),
                        Duration.ofMillis((long) (row.getDouble("seconds") * 1000)),
                        row.getLong("transactions")))
                .list();
    }
}
