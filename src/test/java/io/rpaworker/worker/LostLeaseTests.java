package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class LostLeaseTests {

    private static final String FLOW = "ledger";

    private final RpaDb db = Postgres.migrated();

    @Test
    void whatCouldNotBeSettledBeforeTheLeaseWasLostIsProcessedAgain() {
        db.insertPending(FLOW, 20);
        try (var worker = TestWorker.on(db)
                .property("rpa.worker.lease", "1s")
                .property("rpa.worker.heartbeat-interval", "100ms")
                .flow(FLOW)
                .bean(beans -> Numbers.of(FLOW)
                        .writing(chunk -> chunk.forEach(it -> beans.getBean(JdbcClient.class)
                                .sql("insert into ledger values (?)")
                                .param(it.record().id())
                                .update())))
                .start()) {
            // There is no ledger: a configuration error, tried again for as long as the lease holds.
            worker.until(() -> db.count(FLOW, "processing") == 20);
            db.jdbc()
                    .sql("update worker_instance set ended_at = clock_timestamp(), crashed = true")
                    .update();
            worker.until(() -> lives() == 1);
            db.jdbc().sql("create table ledger (record_id bigint not null)").update();

            worker.until(() -> db.count(FLOW, "completed") == 20);
        }
        assertThat(db.jdbc()
                        .sql("select record_id from ledger")
                        .query(Long.class)
                        .list())
                .hasSize(20)
                .doesNotHaveDuplicates();
    }

    /** Waits for its first batch's lease to be lost. */
    private record Waiting(List<Integer> batches) implements BatchRecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<Integer>> handle(List<WorkRecord<Numbered>> batch) throws InterruptedException {
            batches.add(batch.size());
            if (batches.size() == 1) {
                new CountDownLatch(1).await();
            }
            return batch.stream().map(it -> Outcome.completed(it.payload().n())).toList();
        }
    }

    @Test
    void noPartOfABatchIsTriedOnceTheLeaseIsLost() {
        db.insertPending(FLOW, 4);
        var batches = new CopyOnWriteArrayList<Integer>();
        try (var worker =
                TestWorker.on(db).flow(FLOW).bean(new Waiting(batches)).start()) {
            worker.until(() -> !batches.isEmpty());
            db.jdbc()
                    .sql("update worker_instance set ended_at = clock_timestamp()")
                    .update();

            worker.until(() -> db.count(FLOW, "completed") == 4);
        }
        assertThat(batches).containsExactly(4, 4);
    }

    private int lives() {
        return db.jdbc()
                .sql("select count(*) from worker_instance where ended_at is null")
                .query(Integer.class)
                .single();
    }
}
