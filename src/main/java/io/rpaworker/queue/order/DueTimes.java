package io.rpaworker.queue.order;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Says when a record that waits is to run: one that is pending, or one whose next attempt is due some time. Records
 * under way, completed ones and dead letters stay as they are, and so does one that somebody has locked.
 */
@Component
public class DueTimes {

    private static final String POSTPONE = """
            with open as materialized (
                select id
                from processing_queue
                where id = :id
                  and (status::text = 'pending' or (status::text = 'failed' and next_retry_at is not null))
                for no key update skip locked
            )
            update processing_queue q
            set available_at = case when q.status::text = 'pending' then greatest(cast(:at as timestamptz), now())
                                    else q.available_at end,
                next_retry_at = case when q.status::text = 'failed' then greatest(cast(:at as timestamptz), now()) end,
                updated_at = now()
            where q.id = any (array(select id from open))
              and (q.status::text = 'pending' or q.status::text = 'failed')
            """;

    // What is due already keeps its place.
    private static final String RUN_NOW = """
            with open as materialized (
                select id
                from processing_queue
                where id = :id
                  and ((status::text = 'pending' and available_at > now())
                      or (status::text = 'failed' and next_retry_at is not null))
                for no key update skip locked
            )
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, failed_at = null,
                failure_kind = null, failure_fingerprint = null, next_retry_at = null, available_at = now(),
                updated_at = now()
            where q.id = any (array(select id from open))
              and (q.status::text = 'pending' or q.status::text = 'failed')
            """;

    private final JdbcClient jdbc;

    DueTimes(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Has a record run at a moment and not before; a moment that has passed is now.
     *
     * @return false if it does not wait
     */
    public boolean postpone(long id, Instant at) {
        return jdbc.sql(POSTPONE)
                        .param("id", id)
                        .param("at", Timestamps.parameter(at))
                        .update()
                == 1;
    }

    /**
     * Has a record run as soon as a slot is free; its attempts so far stay.
     *
     * @return false if it does not wait for a moment that is still to come
     */
    public boolean runNow(long id) {
        return jdbc.sql(RUN_NOW).param("id", id).update() == 1;
    }
}
