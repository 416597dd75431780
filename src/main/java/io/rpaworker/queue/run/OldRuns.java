package io.rpaworker.queue.run;

import io.rpaworker.database.RpaDbPools;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes runs that ended long ago and whose records are gone. They are few, and tell how it was; so they are kept for
 * longer.
 */
@Component
public class OldRuns {

    private static final String FORGET = """
            delete from processing_run r
            where r.id = any (array(
                select o.id
                from processing_run o
                where o.ended_at < now() - interval '400 days'
                  and not exists (select from processing_queue q where q.run_id = o.id and q.run_key is not null)
                order by o.ended_at
                limit :limit))
            """;

    private static final int RUNS = 1_000;

    private final JdbcClient jdbc;

    OldRuns(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Deletes those that ended more than 400 days ago, one bounded batch.
     *
     * @return whether there may be more
     */
    public boolean forget() {
        return jdbc.sql(FORGET).param("limit", RUNS).update() == RUNS;
    }
}
