package io.rpaworker.bench;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The results that records have kept. */
final class Bills {

    private static final String KEPT = """
            select count(*)
            from processing_queue
            where flow_name = :flow and status = 'completed' and payload #>> '{result,status}' = 'done'
              and cast(payload #>> '{result,total}' as float8) = cast(payload ->> 'amount' as float8) * 1.25
            """;

    private Bills() {}

    /** Whether each record has its own; says so on the console if not. */
    static boolean ofAll(JdbcClient db, String flow, int records) {
        long kept = db.sql(KEPT).param("flow", flow).query(Long.class).single();
        if (kept == records) {
            return true;
        }
        System.out.printf("!!! Of %,d records %,d have kept their result%n", records, kept);
        return false;
    }
}
