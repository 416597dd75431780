package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class BacklogTests {

    private static final String FLOW = "slow_writer";

    private final RpaDb db = Postgres.migrated();
    private final AtomicInteger written = new AtomicInteger();

    @Test
    void aHandlerThatIsQuickerThanItsWritesDoesNotPileUpClaimedRecords() {
        db.insertPending(FLOW, 3_000);
        try (var worker = TestWorker.on(db)
                .property("rpa.global.concurrency", "4")
                .property("rpa.global.batch-size", "10")
                .property("rpa.global.chunk-size", "1")
                .flow(FLOW)
                .bean(beans -> Numbers.of(FLOW).writing(chunk -> {
                    beans.getBean(JdbcClient.class)
                            .sql("select pg_sleep(0.02)")
                            .query()
                            .listOfRows();
                    written.addAndGet(chunk.size());
                }))
                .start()) {
            worker.until(() -> written.get() > 60);

            // Three batches, a record in each slot and in each settler, and what these take next.
            assertThat(db.count(FLOW, "processing")).isLessThan(3 * 10 + 4 + 2 + 10);
        }
    }
}
