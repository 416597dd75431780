package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.flow.RunSettings.Overlap;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.queue.intake.RunIntake;
import io.rpaworker.queue.run.NewRuns;
import io.rpaworker.queue.run.NewRuns.NewRun;
import io.rpaworker.queue.run.RunClosing;
import io.rpaworker.queue.run.RunDiscovery;
import io.rpaworker.queue.run.RunEnd;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunList.Asked;
import io.rpaworker.queue.run.RunOrders;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunPart.Kind;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.queue.run.RunsLook;
import io.rpaworker.queue.run.Trigger;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What PostgreSQL does for every statement on runs, beside one that has a million records: 900,000 completed, 50,000
 * dead letters and 50,000 that wait.
 */
class RunPlanTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final int BUFFERS_PER_RECORD = 24;

    @BeforeAll
    static void aMillionRecordsOfARun() {
        DB.insertReplica("a");
        DB.execute("""
                alter table processing_queue set (autovacuum_enabled = false);
                insert into processing_run (flow_name, trigger, parameters_hash, state, actor, started_at, pages)
                values ('big', 'operator', '-', 'discovering', 'ada', now(), 7);
                insert into processing_queue (flow_name, run_id, run_key, payload, status)
                select 'big', 1, 'k' || n, '{}',
                       case when n % 20 = 0 then 'failed' when n % 20 = 1 then 'pending' else 'completed' end
                from generate_series(1, 1000000) n;
                """);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1000, false", "1, true", "1000, true"})
    void everyStatementGoesByAnIndex(int batch, boolean analyzed) throws SQLException {
        DB.execute(
                analyzed
                        ? "analyze processing_queue, processing_run"
                        : "delete from pg_statistic where starelid = 'processing_queue'::regclass");
        try (Connection connection = DB.dataSource().getConnection()) {
            var explained = new Explained(connection);
            QueueParts queue = explained.queue();
            discovery(explained, queue, batch);
            long run = ends(explained, queue, batch);
            orders(explained, queue, run);
            looks(explained, queue, run, batch);
            big(explained, queue);
        }
    }

    private static List<NewRecord> records(int batch) {
        return IntStream.range(0, batch)
                .mapToObj(n -> NewRecord.of("{}", "r" + n))
                .toList();
    }

    private static void discovery(Explained explained, QueueParts queue, int batch) {
        var discovery = queue.part(RunDiscovery.class);
        // Each that waits is looked at, so it is asked for once in ten pages.
        assertThat(discovery.isFull(1, 100_000)).isFalse();
        explained.assertIndexed("whether too many wait", 60_000, 1);
        assertThat(discovery.isFull(1, 10_000)).isTrue();
        explained.assertIndexed("whether too many wait", 10_000, 2);
        long page = DB.jdbc()
                .sql("select pages from processing_run where id = 1")
                .query(Long.class)
                .single();
        queue.transaction().executeWithoutResult(status -> {
            status.setRollbackOnly();
            var part = new RunPart(1, Kind.PAGE, 1, page, 0, null);
            assertThat(discovery.addPage(part, records(batch), false, "next")).hasValue(batch);
            assertThat(discovery.lead(1, 1)).isPresent();
            queue.completions().prove();
        });
        explained.assertIndexed("a page", batch, BUFFERS_PER_RECORD);
        queue.transaction().executeWithoutResult(status -> {
            status.setRollbackOnly();
            discovery.retry(new RunPart(1, Kind.RETRY, 1, 0, 0, Instant.now()), "big");
            queue.completions().prove();
        });
        explained.assertIndexed("a walk", 1_000, 2 * BUFFERS_PER_RECORD);
    }

    private static long ends(Explained explained, QueueParts queue, int batch) {
        var run = new NewRun("f" + batch, Trigger.OPERATOR, null, "{}", false, Overlap.SKIP, "ada");
        DB.execute("delete from processing_run where id > 1; delete from processing_queue where run_id > 1");
        long id = queue.part(NewRuns.class).start(run).orElseThrow();
        explained.assertIndexed("a start", 1, BUFFERS_PER_RECORD);
        queue.part(RunDiscovery.class).addPage(new RunPart(id, Kind.PAGE, 1, 0, 0, null), records(batch), false, null);
        DB.execute("update processing_queue set status = 'completed' where run_id = " + id);
        explained.assertIndexed("the last page", batch, BUFFERS_PER_RECORD);
        var closing = queue.part(RunClosing.class);
        assertThat(closing.candidates(0)).extracting(it -> it.run()).contains(id);
        explained.assertIndexed("what may be closed", 10, BUFFERS_PER_RECORD);
        assertThat(closing.close(id)).isPresent();
        explained.assertIndexed("closing", batch, BUFFERS_PER_RECORD);
        var end = new RunPart(id, Kind.END, 1, 1, 0, null);
        assertThat(queue.part(RunEnd.class).isToEnd(end)).isTrue();
        queue.part(RunEnd.class).end(end, "f" + batch, List.of());
        explained.assertIndexed("an end", 1, BUFFERS_PER_RECORD);
        return id;
    }

    private static void orders(Explained explained, QueueParts queue, long run) {
        var orders = queue.part(RunOrders.class);
        assertThat(orders.reopen(run).orElseThrow().changed()).isTrue();
        orders.retry(run);
        orders.cancel(run, Actor.named("ada"));
        orders.withdraw(run);
        explained.assertIndexed("orders", 1, BUFFERS_PER_RECORD);
    }

    private static void looks(Explained explained, QueueParts queue, long run, int batch) {
        var runs = queue.part(RunList.class);
        assertThat(runs.latest(new Asked("f" + batch, null, true, Long.MAX_VALUE, 20)))
                .isNotEmpty();
        runs.latest(new Asked(null, RunState.FAILED, false, Long.MAX_VALUE, 20));
        runs.now();
        // Of what it has all, and of what others have none.
        assertThat(runs.progress(runs.find(run).orElseThrow()).records()).isEqualTo(batch);
        explained.assertIndexed("how far a run is", batch, BUFFERS_PER_RECORD);
        assertThat(runs.errors(1, 10)).hasSize(10);
        explained.assertIndexed("what has failed of many", 50_000, 2);
        assertThat(queue.part(RunsLook.class).look(List.of("big", "f" + batch)).open())
                .isNotEmpty();
        explained.assertIndexed("all runs", 10, BUFFERS_PER_RECORD);
    }

    private static void big(Explained explained, QueueParts queue) {
        queue.transaction().executeWithoutResult(status -> {
            status.setRollbackOnly();
            queue.part(RunOrders.class).withdraw(1);
            queue.completions().prove();
        });
        explained.assertIndexed("what is withdrawn of many", 1_000, 2 * BUFFERS_PER_RECORD);
        queue.part(RunClosing.class).close(1);
        explained.assertIndexed("what does not close", 1, BUFFERS_PER_RECORD);
        var parent = new WorkRecord<>(2, "big", null, "", 1, Instant.now());
        try {
            queue.part(RunIntake.class).add(parent, records(1));
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("is not completed by this transaction");
        }
        explained.assertIndexed("a parent", 1, BUFFERS_PER_RECORD);
    }
}
