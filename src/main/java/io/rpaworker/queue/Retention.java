package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes records of known flows that are terminal and old enough, and nothing else.
 *
 * <p>It walks the primary key in windows, because an index on {@code completed_at} would have to be maintained by every
 * completion. Records that somebody completed by hand may have no such time. Ids grow with time, so a walk ends at the
 * first window in which nothing is old enough yet: it reads what it deletes, and what is old and still open.
 */
@Component
public class Retention {

    private static final String PURGE = """
            with seen as materialized (
                select id, flow_name, status, created_at, completed_at, updated_at, failed_at, next_retry_at
                from processing_queue
                where id > :after
                order by id
                limit :window
            ), purged as (
                delete from processing_queue q
                where q.id = any (array(
                        select id from seen
                        where flow_name = any (cast(:flows as text[]))
                          and ((status = 'completed'
                                and coalesce(completed_at, updated_at) < now() - make_interval(secs => :completedSeconds))
                            or (status = 'failed' and next_retry_at is null
                                and failed_at < now() - make_interval(secs => :deadSeconds)))))
                  and (q.status = 'completed' or (q.status = 'failed' and q.next_retry_at is null))
                returning 1
            )
            select (select count(*) from purged) as purged,
                   coalesce((select max(id) from seen), 0) as reached,
                   coalesce((select min(created_at) from seen)
                            < now() - make_interval(secs => least(:completedSeconds, :deadSeconds)), false) as more
            """;

    private static final String PURGE_REPLICAS = """
            delete from worker_instance w
            where w.ended_at < now() - interval '1 day'
              and not exists (select from processing_claim c where c.instance_id = w.id)
            """;

    private static final int WINDOW = 2_000;

    private final JdbcClient jdbc;

    Retention(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How far a walk has come.
     *
     * @param purged records deleted by this step
     * @param reached the last id that was looked at
     * @param more whether the next window may hold something that is old enough
     */
    public record Step(int purged, long reached, boolean more) {}

    /**
     * Takes one step of a walk: a window of ids after {@code after}.
     *
     * @param completed how long completed records are kept, from their completion
     * @param dead how long dead letters are kept, from their failure
     * @param flows whose records may be deleted; those of flows that this version does not know are left alone
     */
    public Step purge(long after, Duration completed, Duration dead, Collection<String> flows) {
        return jdbc.sql(PURGE)
                .param("after", after)
                .param("window", WINDOW)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .param("completedSeconds", (double) completed.toSeconds())
                .param("deadSeconds", (double) dead.toSeconds())
                .query(Step.class)
                .single();
    }

    /** Deletes the rows of replicas that ended more than a day ago and left nothing behind. */
    public void purgeReplicas() {
        jdbc.sql(PURGE_REPLICAS).update();
    }
}
