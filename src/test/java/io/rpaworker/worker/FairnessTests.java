package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;

/** One flow does not keep another one waiting. */
class FairnessTests {

    private final RpaDb db = Postgres.migrated();

    private record Sleeper(String flow, Duration time) implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) throws InterruptedException {
            Thread.sleep(time);
            return Outcome.completed(true);
        }
    }

    /** Takes a connection and keeps it. */
    private record Hog(BeanFactory beans, AtomicInteger held, CountDownLatch end)
            implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public String flow() {
            return "hog";
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) throws Exception {
            try (var connection = beans.getBean(DataSource.class).getConnection()) {
                assertThat(connection.isValid(1)).isTrue();
                held.incrementAndGet();
                end.await();
                return Outcome.completed(true);
            }
        }
    }

    /** Computes until it is told to end, and so never waits. */
    private record Computing(AtomicInteger begun, AtomicBoolean end)
            implements RecordHandler<Map<String, Object>, Boolean> {

        @Override
        public String flow() {
            return "computing";
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Map<String, Object>> record) {
            begun.incrementAndGet();
            while (!end.get()) {
                Thread.onSpinWait();
            }
            return Outcome.completed(true);
        }
    }

    @Test
    void callsThatComputeLeaveTheOtherFlowsTheirShareOfTheProcessors() {
        var begun = new AtomicInteger();
        var end = new AtomicBoolean();
        db.insertPending("computing", 16);
        try (var worker = TestWorker.on(db)
                .flow("computing")
                .flow("few")
                .bean(new Computing(begun, end))
                .bean(new Sleeper("few", Duration.ZERO))
                .start()) {
            worker.until(() -> begun.get() == 16);

            db.insertPending("few", 50);
            worker.until(() -> db.count("few", "completed") == 50);

            assertThat(db.count("computing", "processing"))
                    .as("it still computes")
                    .isEqualTo(16);
            end.set(true);
            worker.until(() -> db.count("computing", "completed") == 16);
        } finally {
            end.set(true);
        }
    }

    @Test
    void fiftyThousandRecordsOfOneFlowDoNotDelayTenOfAnother() {
        db.insertPending("many", 50_000);
        try (var worker = TestWorker.on(db)
                .flow("many")
                .flow("few")
                .bean(new Sleeper("many", Duration.ofMillis(2)))
                .bean(new Sleeper("few", Duration.ZERO))
                .start()) {
            worker.until(() -> db.count("many", "completed") > 100);

            db.insertPending("few", 10);
            worker.until(() -> db.count("few", "completed") == 10);

            assertThat(db.count("many", "pending")).as("it is still busy").isPositive();
            assertThat(db.jdbc()
                            .sql("select max(completed_at - available_at) < interval '2 seconds' from processing_queue"
                                    + " where flow_name = 'few'")
                            .query(Boolean.class)
                            .single())
                    .isTrue();
        }
    }

    @Test
    void handlersThatKeepTheirConnectionsLeaveTheOtherFlowsTheirs() {
        var held = new AtomicInteger();
        var end = new CountDownLatch(1);
        db.insertPending("hog", 50);
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.hikari.maximum-pool-size", "8")
                .flow("hog")
                .flow("few")
                .bean(beans -> new Hog(beans, held, end))
                .bean(new Sleeper("few", Duration.ZERO))
                .start()) {
            // Of eight connections each flow has four; two of these are for settling.
            worker.until(() -> held.get() == 2);

            db.insertPending("few", 10);
            worker.until(() -> db.count("few", "completed") == 10);

            assertThat(held).hasValue(2);
            end.countDown();
            worker.until(() -> db.count("hog", "completed") == 50);
        }
    }
}
