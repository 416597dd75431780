package io.rpaworker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;

class HeartbeatTests {

    private static final String FLOW = "holding";
    private static final int CONNECTIONS = 4;
    // What the only flow's handlers may hold; the others are for settling.
    private static final int SHARE = 2;

    private final RpaDb db = Postgres.migrated();
    private final CountDownLatch held = new CountDownLatch(SHARE);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final List<Connection> others = new ArrayList<>();

    record Numbered(int n) {}

    /** Keeps a connection to itself. */
    private record Holding(BeanFactory beans, CountDownLatch held, CountDownLatch letGo)
            implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) throws Exception {
            try (var connection = beans.getBean(DataSource.class).getConnection()) {
                held.countDown();
                letGo.await();
                return Outcome.completed(connection.hashCode());
            }
        }
    }

    @Test
    void theLeaseIsRenewedWhileEveryConnectionIsHeld() throws Exception {
        db.insertPending(FLOW, SHARE);
        try (var worker = TestWorker.on(db)
                .property("spring.datasource.hikari.maximum-pool-size", Integer.toString(CONNECTIONS))
                .property("rpa.worker.lease", "2s")
                .flow(FLOW)
                .bean(beans -> new Holding(beans, held, letGo))
                .start()) {
            assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();

            var pool = worker.bean(DataSource.class);
            for (int i = SHARE; i < CONNECTIONS; i++) {
                others.add(pool.getConnection());
            }
            worker.until(this::theFirstLeaseHasBeenProlongedTwice);

            letGo.countDown();
            for (Connection other : others) {
                other.close();
            }
            worker.until(() -> db.count(FLOW, "completed") == SHARE);
        }
    }

    private boolean theFirstLeaseHasBeenProlongedTwice() {
        return db.jdbc()
                .sql("select count(*) = 1 and bool_and(ended_at is null"
                        + " and lease_until > started_at + interval '6 seconds') from worker_instance")
                .query(Boolean.class)
                .single();
    }
}
