package io.rpaworker.run;

import io.rpaworker.handler.ChildRecords;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunCompletion;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.RunSummary;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import jakarta.validation.constraints.Max;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A flow with runs: a source of as many records as the parameters say, in pages of two; records some of which fail or
 * have children; an end that notes that it came. What was written is in two tables, and what is to go wrong is set by
 * the test.
 */
final class TallyFlow {

    static final String FLOW = "tally";

    final Set<Integer> failing = ConcurrentHashMap.newKeySet();
    final Set<Integer> parents = ConcurrentHashMap.newKeySet();
    volatile Consumer<String> before = step -> {};
    volatile Consumer<String> within = step -> {};
    volatile List<NewRecord> more = List.of();
    volatile RunCompletion.When when = RunCompletion.When.ALWAYS;

    record Parameters(@Max(10_000) int records) {}

    record Item(int n) {}

    /** Makes the tables. */
    static void tables(RpaDb db) {
        db.execute("""
                create table tally_effect (record_id bigint, n int, key text, at timestamptz default clock_timestamp());
                create table tally_end (run_id bigint, round int, records bigint, completed bigint, failed bigint, open bigint,
                    at timestamptz default clock_timestamp());
                grant select, insert on tally_effect, tally_end to rpa_worker;
                """);
    }

    /** A worker that has the flow, with what is written as its own. */
    TestWorker.Builder on(RpaDb db) {
        return TestWorker.on(db)
                .bean(beans ->
                        new Items(beans.getBeanProvider(JdbcClient.class), beans.getBeanProvider(ChildRecords.class)))
                .bean(new Numbers())
                .bean(beans -> new End(beans.getBeanProvider(JdbcClient.class)))
                .flow(FLOW)
                .property("rpa.flows.tally.run.page-size", "2")
                .property("rpa.flows.tally.max-retries", "1")
                .property("rpa.maintenance.retry-interval", "100ms");
    }

    private final class Numbers implements RecordSource<Parameters> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Page page(RunContext<Parameters> run, @Nullable String cursor, int size) {
            before.accept("page");
            int from = cursor == null ? 1 : Integer.parseInt(cursor);
            int last = Math.min(run.parameters().records(), from + size - 1);
            List<NewRecord> records = IntStream.rangeClosed(from, last)
                    .mapToObj(n -> NewRecord.of("{\"n\": %d}".formatted(n), "item-" + n))
                    .toList();
            return new Page(records, last < run.parameters().records() ? String.valueOf(last + 1) : null);
        }
    }

    private final class Items implements RecordHandler<Item, Boolean> {

        private final ObjectProvider<JdbcClient> jdbc;
        private final ObjectProvider<ChildRecords> children;

        private Items(ObjectProvider<JdbcClient> jdbc, ObjectProvider<ChildRecords> children) {
            this.jdbc = jdbc;
            this.children = children;
        }

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Item> record) {
            before.accept("record");
            return failing.contains(record.payload().n())
                    ? Outcome.rejected("as the test wants it")
                    : Outcome.completed(true);
        }

        @Override
        public void write(List<Handled<Item, Boolean>> chunk) {
            for (Handled<Item, Boolean> it : chunk) {
                int n = it.record().payload().n();
                jdbc.getObject()
                        .sql("insert into tally_effect (record_id, n, key) values (:id, :n, :key)")
                        .param("id", it.record().id())
                        .param("n", n)
                        .param("key", it.record().key())
                        .update();
                if (parents.contains(n)) {
                    // In two calls, as one that finds them one after the other; the second has no key.
                    ChildRecords run = children.getObject();
                    run.add(it.record(), List.of(NewRecord.of("{\"n\": %d}".formatted(n * 100), "child-of-" + n)));
                    run.add(it.record(), List.of(NewRecord.of("{\"n\": %d}".formatted(n * 100 + 1))));
                    run.add(it.record(), List.of(NewRecord.of("{\"n\": %d}".formatted(n * 100 + 2))));
                }
            }
            within.accept("record");
        }
    }

    private final class End implements RunCompletion<Map<String, Object>, Integer> {

        private final ObjectProvider<JdbcClient> jdbc;

        private End(ObjectProvider<JdbcClient> jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public When when() {
            return when;
        }

        @Override
        public Integer handle(RunSummary<Map<String, Object>> run) {
            before.accept("end");
            return run.round();
        }

        @Override
        public List<NewRecord> write(RunSummary<Map<String, Object>> run, Integer round) {
            jdbc.getObject()
                    .sql("""
                            insert into tally_end (run_id, round, records, completed, failed, open)
                            select :run, :round, :records, :completed, :failed, count(*) from processing_queue
                            where run_id = :run and flow_name = 'tally'
                              and (status in ('pending', 'processing') or next_retry_at is not null)
                            """)
                    .param("run", run.run().id())
                    .param("round", round)
                    .param("records", run.records())
                    .param("completed", run.completed())
                    .param("failed", run.failed())
                    .update();
            within.accept("end");
            return run.round() == 1 ? more : List.of();
        }
    }
}
