package io.rpaworker.ops.cli;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import jakarta.validation.constraints.Max;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A flow whose runs have as many records as their parameter says; some of them fail, and none runs without a permit.
 */
final class NightFlow {

    static final String FLOW = "night";

    final Set<Integer> failing = ConcurrentHashMap.newKeySet();
    final Semaphore permits = new Semaphore(0);
    volatile boolean sourceFails;

    record Parameters(@Max(1_000) int records, @Nullable String day) {}

    record Item(int n) {}

    TestWorker start(RpaDb db) {
        return TestWorker.on(db)
                .bean(new Items())
                .bean(new Numbers())
                .flow(FLOW)
                .property("rpa.flows.night.run.page-size", "2")
                .property("rpa.flows.night.max-retries", "1")
                .property("rpa.flows.night.batch-size", "1")
                .property("rpa.maintenance.retry-interval", "100ms")
                .start();
    }

    void letAllRun() {
        permits.release(1_000_000);
    }

    private final class Numbers implements RecordSource<Parameters> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Page page(RunContext<Parameters> run, @Nullable String cursor, int size) {
            if (sourceFails) {
                throw new IllegalStateException("the source of the test is away");
            }
            int from = cursor == null ? 1 : Integer.parseInt(cursor);
            int last = Math.min(run.parameters().records(), from + size - 1);
            List<NewRecord> records = IntStream.rangeClosed(from, last)
                    .mapToObj(n -> NewRecord.of("{\"n\": %d}".formatted(n), "item-" + n))
                    .toList();
            return new Page(records, last < run.parameters().records() ? String.valueOf(last + 1) : null);
        }
    }

    private final class Items implements RecordHandler<Item, Boolean> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Item> record) throws InterruptedException {
            permits.acquire();
            return failing.contains(record.payload().n())
                    ? Outcome.rejected("as the test wants it")
                    : Outcome.completed(true);
        }

        @Override
        public void write(List<Handled<Item, Boolean>> chunk) {}
    }
}
