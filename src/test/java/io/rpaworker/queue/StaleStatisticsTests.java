package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL does for what is asked again and again, with statistics of a moment when the queue was another. */
class StaleStatisticsTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final int BUFFERS_PER_FLOW = 10;

    @BeforeEach
    void noneAreMade() {
        DB.execute("""
                truncate processing_queue, processing_run;
                alter table processing_queue set (autovacuum_enabled = false)
                """);
    }

    // In one run, if it has a number.
    private static void fill(boolean allWaited, String run) {
        String sql = allWaited ? """
                insert into processing_queue (flow_name, run_id, run_key, payload)
                select 'f', RUN, n + RUN, '{}' from generate_series(1, 100000) n;
                analyze processing_queue;
                update processing_queue set status = 'completed' where id < (select max(id) - 5000 from processing_queue)
                """ : """
                insert into processing_queue (flow_name, run_id, run_key, payload, status)
                select 'f', RUN, n + RUN, '{}', 'completed' from generate_series(1, 50000) n;
                analyze processing_queue;
                insert into processing_queue (flow_name, run_id, run_key, payload)
                select 'f', RUN, - n - RUN, '{}' from generate_series(1, 50000) n
                """;
        DB.execute(sql.replace("RUN", run));
        // By itself, since it is no part of a transaction.
        DB.execute("vacuum processing_queue");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsDueIsFoundAtOnce(boolean allWaited) throws SQLException {
        fill(allWaited, "cast(null as bigint)");
        var bounds = new HashMap<String, @Nullable Instant>();
        bounds.put("f", null);
        bounds.put("none", null);
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            assertThat(explained.queue().dueFlows().among(bounds).flows()).containsExactly("f");
            explained.assertIndexed("what is due", bounds.size(), BUFFERS_PER_FLOW);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRunOfWhichSomethingWaitsIsPassedOverAtOnce(boolean allWaited) throws SQLException {
        DB.execute("""
                insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at)
                select 'f', 'api', 'x', 'discovering', 'ada', now() from generate_series(1, 2)
                """);
        long run = DB.jdbc()
                .sql("select min(id) from processing_run")
                .query(Long.class)
                .single();
        fill(allWaited, String.valueOf(run));
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            assertThat(explained.queue().part(RunClosing.class).candidates(0))
                    .extracting(RunClosing.Candidate::run)
                    .containsExactly(run + 1);
            explained.assertIndexed("the look for runs of which nothing waits", 2, BUFFERS_PER_FLOW);
        }
    }
}
