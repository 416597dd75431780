package io.rpaworker.bench;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows that records have written. */
final class Written {

    private Written() {}

    static void createTable(JdbcClient db) {
        db.sql("create table results (id bigint, value text)").update();
    }

    /** Whether there is one for each record; says so on the console if not. */
    static boolean once(JdbcClient db, int records) {
        long rows = db.sql("select count(*) from results").query(Long.class).single();
        long distinct = db.sql("select count(distinct id) from results")
                .query(Long.class)
                .single();
        if (rows == records && distinct == records) {
            return true;
        }
        System.out.printf("!!! %,d records have written %,d rows, of %,d records%n", records, rows, distinct);
        return false;
    }
}
