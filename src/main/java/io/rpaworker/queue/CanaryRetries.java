package io.rpaworker.queue;

import io.rpaworker.database.RpaDbPools;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Watches the first records of a retry, and lets the rest follow once they have succeeded. */
@Component
public class CanaryRetries {

    private static final String WATCHED = """
            select c.id, c.actor, c.filter::text as filter,
                   count(*) filter (where q.status = 'failed') as failed,
                   count(*) filter (where q.status in ('pending', 'processing')) as open
            from canary_retry c
            left join processing_queue q on q.id = any (c.record_ids)
            where c.state = 'watching'
            group by c.id
            order by c.id
            """;

    private static final String END = """
            update canary_retry set state = :state, ended_at = now() where id = :id and state = 'watching'
            """;

    private final JdbcClient jdbc;
    private final DeadLetterActions deadLetters;
    private final JsonMapper json;

    CanaryRetries(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, DeadLetterActions deadLetters, JsonMapper json) {
        this.jdbc = jdbc;
        this.deadLetters = deadLetters;
        this.json = json;
    }

    private record Watched(long id, String actor, String filter, int failed, int open) {}

    /** Looks once at every canary: goes on where all are completed, stops where one has failed again. */
    public void watchOnce() {
        List<Watched> watched = jdbc.sql(WATCHED).query(Watched.class).list();
        for (Watched it : watched) {
            if (it.failed() > 0) {
                end(it, "stopped");
            } else if (it.open() == 0 && end(it, "went_on")) {
                deadLetters.retry(json.readValue(it.filter(), DeadLetterFilter.class), it.actor());
            }
        }
    }

    private boolean end(Watched canary, String state) {
        return jdbc.sql(END).param("id", canary.id()).param("state", state).update() == 1;
    }
}
