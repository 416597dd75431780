package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the connections of each pool really have, as they are asked; not what was meant to be set. */
class PoolSettingsTests {

    private static final String FLOW = "slow-writer";

    private final RpaDb db = Postgres.migrated();

    @Test
    void eachPoolsConnectionsHaveTheirOwnSocketTimeout() throws SQLException {
        var known = new AtomicReference<BeanFactory>();
        try (var worker = TestWorker.on(db)
                .bean(beans -> {
                    known.set(beans);
                    return new SlowWriter(beans, new AtomicInteger());
                })
                .start()) {
            BeanFactory beans = Objects.requireNonNull(known.get());
            DataSource ordinary = worker.bean(DataSource.class);
            DataSource control = named(beans, RpaDbPools.CONTROL);
            DataSource heartbeat = named(beans, RpaDbPools.HEARTBEAT);
            DataSource listener = named(beans, RpaDbPools.LISTENER);

            assertThat(socketTimeoutMillis(ordinary)).isEqualTo(40_000);
            assertThat(socketTimeoutMillis(control)).isEqualTo(40_000);
            assertThat(socketTimeoutMillis(heartbeat)).isEqualTo(5_000);
            assertThat(socketTimeoutMillis(listener)).isEqualTo(10_000);
            // The server gives up first, wherever a statement may take that long.
            for (DataSource each : List.of(ordinary, control)) {
                assertThat(JdbcClient.create(each)
                                .sql("select extract(epoch from cast(current_setting('statement_timeout') as interval))"
                                        + " * 1000")
                                .query(Integer.class)
                                .single())
                        .isPositive()
                        .isLessThan(socketTimeoutMillis(each));
            }
        }
    }

    // Longer than the heartbeat's connection may take, shorter than statement_timeout.
    @Test
    void aWriteMayTakeLongerThanAHeartbeat() {
        db.insertPending(FLOW, 1);
        var writes = new AtomicInteger();
        try (var worker = TestWorker.on(db)
                .flow(FLOW)
                .bean(beans -> new SlowWriter(beans, writes))
                .start()) {
            worker.until(() -> db.count(FLOW, "completed") == 1);
        }
        assertThat(writes).hasValue(1);
    }

    private static DataSource named(BeanFactory beans, String qualifier) {
        return BeanFactoryAnnotationUtils.qualifiedBeanOfType(beans, DataSource.class, qualifier);
    }

    private static int socketTimeoutMillis(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return connection.getNetworkTimeout();
        }
    }

    record Nothing() {}

    private record SlowWriter(BeanFactory beans, AtomicInteger writes) implements RecordHandler<Nothing, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Nothing> record) {
            return Outcome.completed(1);
        }

        @Override
        public void write(List<Handled<Nothing, Integer>> chunk) {
            writes.incrementAndGet();
            beans.getBean(JdbcClient.class).sql("select pg_sleep(7)").query().listOfRows();
        }
    }
}
