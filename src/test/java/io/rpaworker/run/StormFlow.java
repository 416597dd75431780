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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A flow whose records complete, fail, come back and have children as the dice say; so do its pages and its ends. It
 * notes what it wrote, and what an end saw of its run, with nothing that would hide a second time.
 */
final class StormFlow {

    static final String FLOW = "storm";

    private static final int DEEPEST = 2;

    /** From now on nothing goes wrong. */
    volatile boolean calm;

    record Parameters(int records) {}

    record Item(int depth) {}

    static void tables(RpaDb db) {
        db.execute("""
                create table storm_effect (record_id bigint);
                create table storm_end (run_id bigint, round int, open bigint, amiss boolean);
                create table storm_step (
                    step bigint generated always as identity, run_id bigint, what text,
                    xid xid8 default pg_current_xact_id(), at timestamptz default clock_timestamp());
                create function storm_run() returns trigger language plpgsql security definer as $$
                begin
                    insert into public.storm_step (run_id, what) values (new.id, 'run ' || new.state || ' ' || new.round);
                    return null;
                end $$;
                create trigger storm_run after update on processing_run for each row execute function storm_run();
                create function storm_record() returns trigger language plpgsql security definer as $$
                begin
                    insert into public.storm_step (run_id, what)
                    values (new.run_id, concat_ws(' ', new.run_key, new.id, new.status,
                        new.next_retry_at, new.failure_kind));
                    return null;
                end $$;
                create trigger storm_record after insert or update on processing_queue
                    for each row execute function storm_record();
                grant select, insert on storm_effect, storm_end to rpa_worker;
                """);
    }

    TestWorker.Builder on(RpaDb db) {
        return TestWorker.on(db)
                .bean(beans ->
                        new Items(beans.getBeanProvider(JdbcClient.class), beans.getBeanProvider(ChildRecords.class)))
                .bean(new Numbers())
                .bean(beans -> new End(beans.getBeanProvider(JdbcClient.class)))
                .flow(FLOW)
                .property("rpa.flows.storm.run.overlap", "allow")
                .property("rpa.flows.storm.run.page-size", "3")
                .property("rpa.flows.storm.run.max-depth", String.valueOf(DEEPEST))
                .property("rpa.flows.storm.retry.initial-delay", "5ms")
                .property("rpa.global.poll-interval", "10ms")
                .property("rpa.maintenance.retry-interval", "100ms")
                .property("rpa.maintenance.sweep-interval", "100ms");
    }

    private boolean happens(double chance) {
        return !calm && ThreadLocalRandom.current().nextDouble() < chance;
    }

    private final class Numbers implements RecordSource<Parameters> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Page page(RunContext<Parameters> run, @Nullable String cursor, int size) {
            if (happens(0.1)) {
                throw new IllegalStateException("page of the storm");
            }
            int from = cursor == null ? 1 : Integer.parseInt(cursor);
            int last = Math.min(run.parameters().records(), from + size - 1);
            List<NewRecord> records = IntStream.rangeClosed(from, last)
                    .mapToObj(n -> NewRecord.of("{\"depth\": 0}", "item-" + n))
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
        public Outcome<Boolean> handle(WorkRecord<Item> record) throws InterruptedException {
            if (happens(0.3)) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(5));
            }
            if (happens(0.25)) {
                return Outcome.rejected("as the storm wants it");
            }
            return happens(0.14)
                    ? Outcome.retryLater(Duration.ofMillis(5), "as the storm wants it")
                    : Outcome.completed(record.payload().depth() < DEEPEST && happens(0.25));
        }

        @Override
        public void write(List<Handled<Item, Boolean>> chunk) {
            for (Handled<Item, Boolean> it : chunk) {
                jdbc.getObject()
                        .sql("insert into storm_effect (record_id) values (:id)")
                        .param("id", it.record().id())
                        .update();
                if (it.result()) {
                    var child = NewRecord.of(
                            "{\"depth\": %d}".formatted(it.record().payload().depth() + 1));
                    children.getObject().add(it.record(), Stream.of(child).toList());
                }
            }
        }
    }

    private final class End implements RunCompletion<Map<String, Object>, Boolean> {

        private final ObjectProvider<JdbcClient> jdbc;

        private End(ObjectProvider<JdbcClient> jdbc) {
            this.jdbc = jdbc;
        }

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Boolean handle(RunSummary<Map<String, Object>> run) {
            if (happens(0.1)) {
                throw new IllegalStateException("end of the storm");
            }
            return happens(0.05);
        }

        @Override
        public List<NewRecord> write(RunSummary<Map<String, Object>> run, Boolean more) {
            jdbc.getObject()
                    .sql("""
                            insert into storm_end (run_id, round, open, amiss)
                            select :run, :round,
                                count(*) filter (where status in ('pending', 'processing') or next_retry_at is not null),
                                (count(*), count(*) filter (where status = 'completed')) <> (:records, :completed)
                            from processing_queue
                            where run_id = :run and flow_name = 'storm'
                            """)
                    .param("run", run.run().id())
                    .param("round", run.round())
                    .param("records", run.records())
                    .param("completed", run.completed())
                    .update();
            return more ? List.of(NewRecord.of("{\"depth\": 0}")) : List.of();
        }
    }
}
