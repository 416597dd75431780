package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.run.OldRuns;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunList.Asked;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.queue.run.RunsLook;
import io.rpaworker.queue.run.RunsLook.OpenRun;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL does to look at runs where there are 100,000, of which one flow has 20,000 that wait. */
class ManyRunsPlanTests {

    private static final RpaDb DB = Postgres.migrated();

    // By then PostgreSQL may have taken a plan for whatever the parameters are.
    private static final int TIMES = 12;

    @BeforeAll
    static void manyRuns() {
        DB.execute("""
                alter table processing_run set (autovacuum_enabled = false);
                insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at, ended_at)
                select case n when 6 then 'rare' else 'f' || n % 50 end, 'api', '-',
                       case when n <= 5 then 'failed' else 'completed' end, 'api', now(),
                       now() - case when n between 70000 and 70002 then interval '500 days' else interval '1 day' end
                from generate_series(1, 100000) n;
                insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at)
                select 'crowd', 'api', '-', case n when 1 then 'processing' else 'queued' end, 'api', now()
                from generate_series(1, 20000) n;
                insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at)
                values ('last', 'api', '-', 'discovering', 'api', now());
                insert into processing_queue (flow_name, run_id, run_key, payload, status)
                select 'f1', 99951, 'k' || n, '{}', 'completed' from generate_series(1, 20000) n;
                """);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noLookReadsThemAll(boolean analyzed) throws SQLException {
        DB.execute(
                analyzed
                        ? "analyze processing_run"
                        : "delete from pg_statistic where starelid = 'processing_run'::regclass");
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            QueueParts queue = explained.queue();
            for (int i = 0; i < TIMES; i++) {
                latest(explained, queue.part(RunList.class));
                look(explained, queue.part(RunsLook.class));
                queue.transaction().executeWithoutResult(status -> {
                    status.setRollbackOnly();
                    assertThat(queue.part(OldRuns.class).forget()).isFalse();
                });
                explained.assertIndexed("what is forgotten", 3, 10);
            }
        }
    }

    private static void latest(Explained explained, RunList runs) {
        assertThat(runs.latest(new Asked(null, RunState.FAILED, false, Long.MAX_VALUE, 20)))
                .extracting(Run::id)
                .containsExactly(5L, 4L, 3L, 2L, 1L);
        explained.assertIndexed("what has failed", 20, 5);
        assertThat(runs.latest(new Asked("f3", RunState.FAILED, false, Long.MAX_VALUE, 20)))
                .extracting(Run::id)
                .containsExactly(3L);
        explained.assertIndexed("what has failed of a flow", 20, 5);
        assertThat(runs.latest(new Asked("rare", null, false, Long.MAX_VALUE, 20)))
                .extracting(Run::id)
                .containsExactly(6L);
        explained.assertIndexed("a flow with few", 20, 5);
        assertThat(runs.latest(new Asked("last", null, true, Long.MAX_VALUE, 20)))
                .extracting(Run::state)
                .containsExactly(RunState.DISCOVERING);
        explained.assertIndexed("what is open of a flow", 20_001, 1);
        assertThat(runs.latest(new Asked(null, RunState.PROCESSING, false, Long.MAX_VALUE, 20)))
                .extracting(Run::flow)
                .containsExactly("crowd");
        explained.assertIndexed("what is processing", 20_001, 1);
        assertThat(runs.latest(new Asked(null, null, false, 1_000, 3)))
                .extracting(Run::id)
                .containsExactly(999L, 998L, 997L);
        explained.assertIndexed("the latest", 20, 5);
    }

    private static void look(Explained explained, RunsLook look) {
        List<OpenRun> open = look.look(List.of("rare", "last")).open();
        assertThat(open).filteredOn(it -> it.flow().equals("last")).hasSize(1);
        assertThat(open)
                .filteredOn(it -> it.flow().equals("crowd"))
                .hasSize(1_000)
                .first()
                .extracting(OpenRun::state)
                .isEqualTo(RunState.PROCESSING);
        explained.assertIndexed("all runs", 1_001, 8);
    }
}
