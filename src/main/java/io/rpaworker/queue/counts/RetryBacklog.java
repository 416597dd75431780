package io.rpaworker.queue.counts;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts failed records that are to be tried again, and those of them whose next attempt should have been made. */
@Component
public class RetryBacklog {

    // Flow by flow and no further than the limit, in no order: without statistics PostgreSQL would rather read and sort
    // all
    // of a flow's retries than walk down their index, which took a second for a hundred thousand.
    private static final String COUNT = """
            select f.flow_name as flow, overdue.records as overdue, waiting.records as waiting
            from (select distinct flow_name::text from queue_total) f
            cross join lateral (
                select count(*) as records
                from (
                    select from processing_queue q
                    where q.flow_name::text = f.flow_name
                      and q.next_retry_at < now() - make_interval(secs => :timeoutSeconds)
                    limit :limit) bounded) overdue
            cross join lateral (
                select count(*) as records
                from (
                    select from processing_queue q
                    where q.flow_name::text = f.flow_name and q.next_retry_at is not null
                    limit :limit) bounded) waiting
            where waiting.records > 0
            order by overdue.records desc, waiting.records desc, f.flow_name
            """;

    private final JdbcClient jdbc;

    RetryBacklog(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Records of one flow.
     *
     * @param flow its name
     * @param overdue whose next attempt should have been made some time ago
     * @param waiting for another attempt, those included
     */
    public record Backlog(String flow, long overdue, long waiting) {}

    /**
     * Counts those of every flow that has any, the most overdue first.
     *
     * @param overdueAfter how long after its time an attempt is overdue, by PostgreSQL's clock
     * @param most counts no further than this
     */
    public List<Backlog> count(Duration overdueAfter, int most) {
        return jdbc.sql(COUNT)
                .param("timeoutSeconds", Seconds.of(overdueAfter))
                .param("limit", most)
                .query(Backlog.class)
                .list();
    }
}
