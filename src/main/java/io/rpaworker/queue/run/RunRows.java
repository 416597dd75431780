package io.rpaworker.queue.run;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads rows of {@code processing_run}, in the caller's transaction if there is one. */
final class RunRows {

    private static final String FIND = """
            select r.id, r.flow_name, r.trigger, r.tick, r.parameters::text as parameters, r.parameters_hash, r.dry_run, r.state,
                   r.reason, r.round, r.cursor, r.pages, r.discovered,
                   (r.counts ->> 'records'::text)::bigint as records, (r.counts ->> 'completed'::text)::bigint as completed,
                   (r.counts ->> 'failed'::text)::bigint as failed, (r.counts ->> 'cancelled'::text)::bigint as cancelled,
                   r.actor, r.leader_id, r.leader_since, r.leader_term, r.created_at, r.started_at, r.discovered_at,
                   r.processed_at, r.ended_at
            from processing_run r
            where r.id = :run
            """;

    private RunRows() {}

    static Optional<Run> find(JdbcClient jdbc, long run) {
        return jdbc.sql(FIND).param("run", run).query(Run::of).optional();
    }
}
