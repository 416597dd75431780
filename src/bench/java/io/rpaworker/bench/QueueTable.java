package io.rpaworker.bench;

import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The queue's table as PostgreSQL sees it. */
final class QueueTable {

    private static final String SIZE = """
            select pg_table_size('processing_queue') as table_bytes,
                   pg_indexes_size('processing_queue') as index_bytes,
                   pg_relation_size('processing_queue_waiting') as waiting_bytes,
                   s.n_dead_tup as dead, s.autovacuum_count as autovacuums
            from pg_stat_user_tables s
            where s.relname = 'processing_queue'
            """;
    private static final String INDEXES = """
            select string_agg(indexrelname || ' ' || pg_size_pretty(pg_relation_size(indexrelid)), ', '
                              order by pg_relation_size(indexrelid) desc)
            from pg_stat_user_indexes
            where relname = 'processing_queue'
            """;

    private final JdbcClient db;

    QueueTable(JdbcClient db) {
        this.db = db;
    }

    /**
     * At a moment.
     *
     * @param dead rows, by PostgreSQL's estimate
     */
    record Size(long tableBytes, long indexBytes, long waitingBytes, long dead, long autovacuums) {

        String text() {
            return String.format(
                    Locale.ROOT,
                    "table %,.0f MB, indexes %,.0f MB (waiting %,.1f MB), dead %,d, autovacuums %d",
                    tableBytes / 1e6,
                    indexBytes / 1e6,
                    waitingBytes / 1e6,
                    dead,
                    autovacuums);
        }
    }

    Size size() {
        return db.sql(SIZE).query(Size.class).single();
    }

    String indexes() {
        return db.sql(INDEXES).query(String.class).single();
    }

    /**
     * Sets storage parameters.
     *
     * @param parameters as in {@code alter table ... set (...)}; nothing is set if empty
     */
    void store(String parameters) {
        if (!parameters.isBlank()) {
            db.sql("alter table processing_queue set (%s)".formatted(parameters))
                    .update();
        }
    }

    void vacuum() {
        db.sql("vacuum processing_queue").update();
    }
}
