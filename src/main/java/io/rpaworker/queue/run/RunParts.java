package io.rpaworker.queue.run;

import io.rpaworker.database.Seconds;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Adds parts of runs, in the transaction of who is entitled to: see the package. */
final class RunParts {

    private static final String ADD = """
            insert into processing_queue (flow_name, run_id, run_key, payload, available_at)
            values (:flow, :run, :key, cast(:payload as jsonb), now() + make_interval(secs => :delaySeconds))
            on conflict (run_id, run_key) where run_key is not null do nothing
            """;

    private static final String QUIETLY = """
            select set_config('rpa.wake_up', 'off', true)
            """;

    private RunParts() {}

    static void add(JdbcClient jdbc, String flow, RunPart part) {
        add(jdbc, flow, part, Duration.ZERO);
    }

    /** Tells nobody: who settles the part before looks for it at once, and others find it when he does not. */
    static void addNext(JdbcClient jdbc, String flow, RunPart part, Duration delay) {
        jdbc.sql(QUIETLY).query((row, rowNumber) -> true).single();
        add(jdbc, flow, part, delay);
    }

    private static void add(JdbcClient jdbc, String flow, RunPart part, Duration delay) {
        int added = jdbc.sql(ADD)
                .param("flow", part.flowOf(flow))
                .param("run", part.run())
                .param("key", part.key())
                .param("payload", part.json())
                .param("delaySeconds", Seconds.of(delay))
                .update();
        // Were it taken for added, its run would stand still without a word.
        if (added == 0) {
            throw new IllegalStateException("Run %d has its part %s already".formatted(part.run(), part.key()));
        }
    }
}
