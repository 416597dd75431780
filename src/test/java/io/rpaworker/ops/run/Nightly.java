package io.rpaworker.ops.run;

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
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A flow with runs, of as many numbered records as a parameter says, in pages of two. What is to go wrong is set. */
public final class Nightly {

    public static final String FLOW = "nightly";

    /** Which records are rejected. */
    public final Set<Integer> failing = ConcurrentHashMap.newKeySet();

    /** What is done before a page is read, with its cursor. */
    public volatile Consumer<@Nullable String> beforePage = cursor -> {};

    /** What is done before a record is handled, with its number. */
    public volatile IntConsumer beforeRecord = n -> {};

    record Parameters(@Max(1_000) int records) {}

    record Item(int n) {}

    /** A worker that has it. */
    public TestWorker.Builder on(RpaDb db) {
        return TestWorker.on(db)
                .bean(new Source())
                .bean(new Items())
                .flow(FLOW)
                .property("rpa.flows.nightly.run.page-size", "2")
                .property("rpa.flows.nightly.max-retries", "1")
                .property("rpa.maintenance.retry-interval", "100ms");
    }

    private final class Source implements RecordSource<Parameters> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Page page(RunContext<Parameters> run, @Nullable String cursor, int size) {
            beforePage.accept(cursor);
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
        public Outcome<Boolean> handle(WorkRecord<Item> record) {
            beforeRecord.accept(record.payload().n());
            return failing.contains(record.payload().n())
                    ? Outcome.rejected("as the test wants it")
                    : Outcome.completed(true);
        }

        @Override
        public void write(List<Handled<Item, Boolean>> chunk) {}
    }
}
