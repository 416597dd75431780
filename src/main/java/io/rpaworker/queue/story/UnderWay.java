package io.rpaworker.queue.story;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import java.time.Instant;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says what replicas have claimed and not settled. */
@Component
public class UnderWay {

    // offset 0 is for the plan, as in QueueCounts.
    private static final String BY_REPLICA = """
            select c.instance_id::text as instance, c.flow_name::text as flow, count(*) as records,
                   min(c.claimed_at) as oldest
            from processing_claim c
            cross join lateral (
                select from processing_queue
                where id = any (c.record_ids) and claim_id = c.claim_id and status::text = 'processing'
                offset 0
            ) q
            group by c.instance_id::text, c.flow_name::text
            order by c.instance_id::text, c.flow_name::text
            """;

    private final JdbcClient jdbc;

    UnderWay(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What a replica has claimed of a flow and not settled.
     *
     * @param instance the replica's id
     * @param records how many
     * @param oldest when the oldest of them was claimed, by PostgreSQL's clock
     */
    public record Held(String instance, String flow, int records, Instant oldest) {}

    /** What each replica holds, by its id and by flow; what Python workers have claimed is not among it. */
    public List<Held> byReplica() {
        return jdbc.sql(BY_REPLICA)
                .query((row, rowNumber) -> new Held(
                        row.getString("instance"),
                        row.getString("flow"),
                        row.getInt("records"),
                        Timestamps.of(row, "oldest")))
                .list();
    }
}
