package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes statistics that are older than they are kept for. */
@Component
public class StatisticsAge {

    // Some at a time; the rest the next time.
    private static final String FORGET_TIMES = """
            delete from flow_statistics
            where ctid = any (array(
                select ctid
                from flow_statistics
                where (span::text = 'minute' and starts_at < now() - interval '2 hours 1 minute')
                   or (span::text = 'hour' and starts_at < now() - interval '14 days 1 hour')
                   or (span::text = 'day' and starts_at < now() - interval '401 days')
                limit :limit))
            """;

    private static final String FORGET_CAUSES = """
            delete from failure_statistics
            where ctid = any (array(
                select ctid
                from failure_statistics
                where span::text = any (array['hour', 'day']) and starts_at < now() - interval '14 days 1 hour'
                limit :limit))
            """;

    private static final String FORGET_WRITERS = """
            delete from statistics_writer where added_at < now() - interval '1 day'
            """;

    private static final int BATCH = 10_000;

    private final JdbcClient jdbc;

    StatisticsAge(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Deletes some.
     *
     * @return whether there may be more
     */
    public boolean forget() {
        int most = Math.max(
                jdbc.sql(FORGET_TIMES).param("limit", BATCH).update(),
                jdbc.sql(FORGET_CAUSES).param("limit", BATCH).update());
        jdbc.sql(FORGET_WRITERS).update();
        return most == BATCH;
    }
}
