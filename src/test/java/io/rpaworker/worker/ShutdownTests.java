package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShutdownTests {

    private static final String FLOW = "slow";

    private final RpaDb db = Postgres.migrated();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);

    @Test
    void theLeaseHoldsUntilTheLastRecordIsSettled() throws InterruptedException {
        db.insertPending(FLOW, 3);
        var worker = TestWorker.on(db)
                .property("rpa.flows.slow.concurrency", "1")
                .property("rpa.worker.drain-timeout", "1m")
                .flow(FLOW)
                .bean(Numbers.of(FLOW).before(n -> {
                    begun.countDown();
                    letGo.await();
                }))
                .start();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        var stopped = CompletableFuture.runAsync(worker::close);
        try {
            worker.until(() -> db.count(FLOW, "pending") == 2);
            assertThat(liveLeases()).isEqualTo(1);
        } finally {
            letGo.countDown();
            assertThat(stopped).succeedsWithin(Duration.ofSeconds(90));
        }

        assertThat(db.count(FLOW, "completed")).isEqualTo(1);
        assertThat(liveLeases()).isZero();
    }

    private int liveLeases() {
        return db.jdbc()
                .sql("select count(*) from worker_instance where ended_at is null and lease_until > now()")
                .query(Integer.class)
                .single();
    }
}
