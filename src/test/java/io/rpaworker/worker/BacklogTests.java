package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

class BacklogTests {

    private static final String FLOW = "slow_writer";

    private final RpaDb db = Postgres.migrated();
    private final AtomicInteger written = new AtomicInteger();

    record Numbered(int n) {}

    private record SlowWriter(BeanFactory beans, AtomicInteger written) implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) {
            return Outcome.completed(record.payload().n());
        }

        @Override
        public void write(List<Handled<Numbered, Integer>> chunk) {
            beans.getBean(JdbcClient.class).sql("select pg_sleep(0.02)").query().listOfRows();
            written.addAndGet(chunk.size());
        }
    }

    @Test
    void aHandlerThatIsQuickerThanItsWritesDoesNotPileUpClaimedRecords() {
        db.insertPending(FLOW, 3_000);
        try (var worker = TestWorker.on(db)
                .property("rpa.global.concurrency", "4")
                .property("rpa.global.batch-size", "10")
                .property("rpa.global.chunk-size", "1")
                .flow(FLOW)
                .bean(beans -> new SlowWriter(beans, written))
                .start()) {
            worker.until(() -> written.get() > 60);

            // Three batches, a record in each slot and in each settler, and what these take next.
            assertThat(db.count(FLOW, "processing")).isLessThan(3 * 10 + 4 + 2 + 10);
        }
    }
}
