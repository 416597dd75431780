package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A {@code write} that leaves its transaction idle until PostgreSQL ends its session. */
class IdleWriteTests {

    private static final String FLOW = "ledger";

    private final RpaDb db = Postgres.migrated();
    private final AtomicInteger writes = new AtomicInteger();

    @BeforeEach
    void ledger() {
        db.jdbc().sql("create table ledger (n int not null)").update();
    }

    /** Writes as the test says, in the transaction that completes the records. */
    private static Numbers writing(BeanFactory beans, BiConsumer<JdbcClient, List<Integer>> writing) {
        return Numbers.of(FLOW)
                .writing(chunk -> writing.accept(
                        beans.getBean(JdbcClient.class),
                        chunk.stream().map(Handled::result).toList()));
    }

    // After the pause the handler goes on, or it is done and the end of the transaction is what meets it.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isAnAttemptAtTheThirdTime(boolean goesOn) {
        db.insertPending(FLOW, 1);

        run(
                (jdbc, numbers) -> {
                    insert(jdbc, numbers);
                    idle(jdbc);
                    if (goesOn) {
                        insert(jdbc, numbers);
                    }
                },
                () -> db.count(FLOW, "failed") == 1);

        assertThat(writes).hasValue(3);
        assertThat(db.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(effects()).isZero();
    }

    @Test
    void theNeighboursOfOneThatIdlesAreCompleted() {
        db.insertPending(FLOW, 8);

        run(
                (jdbc, numbers) -> {
                    insert(jdbc, numbers);
                    if (numbers.contains(5)) {
                        idle(jdbc);
                    }
                },
                () -> db.count(FLOW, "failed") == 1 && db.count(FLOW, "completed") == 7);

        assertThat(db.status(5)).isEqualTo("failed");
        assertThat(effects()).isEqualTo(7);
    }

    // A process that stood still once, or a machine that was overloaded.
    @Test
    void costsNothingWhenItHappensOnce() {
        db.insertPending(FLOW, 1);

        run(
                (jdbc, numbers) -> {
                    if (writes.get() == 1) {
                        idle(jdbc);
                    }
                    insert(jdbc, numbers);
                },
                () -> db.count(FLOW, "completed") == 1);

        assertThat(db.column(1, "retry_count", Integer.class)).isZero();
        assertThat(effects()).isEqualTo(1);
    }

    // Nobody's write is to blame for that.
    @Test
    void aSessionThatIsTerminatedCostsNoAttempt() {
        db.insertPending(FLOW, 1);

        run(
                (jdbc, numbers) -> {
                    if (writes.get() <= 5) {
                        jdbc.sql("select pg_terminate_backend(pg_backend_pid())")
                                .query(Boolean.class)
                                .single();
                    }
                    insert(jdbc, numbers);
                },
                () -> db.count(FLOW, "completed") == 1);

        assertThat(db.column(1, "retry_count", Integer.class)).isZero();
        assertThat(effects()).isEqualTo(1);
    }

    private void run(BiConsumer<JdbcClient, List<Integer>> writing, BooleanSupplier reached) {
        try (var worker = TestWorker.on(db)
                .flow(FLOW)
                .property("rpa.flows.ledger.max-retries", "1")
                .property(
                        "spring.datasource.hikari.data-source-properties.options",
                        "-c idle_in_transaction_session_timeout=500ms")
                .bean(beans -> writing(beans, (jdbc, numbers) -> {
                    writes.incrementAndGet();
                    writing.accept(jdbc, numbers);
                }))
                .start()) {
            worker.until(reached);
        }
    }

    private void idle(JdbcClient jdbc) {
        int backend = jdbc.sql("select pg_backend_pid()").query(Integer.class).single();
        Awaitility.await()
                .pollInSameThread()
                .until(() -> db.jdbc()
                                .sql("select count(*) from pg_stat_activity where pid = " + backend)
                                .query(Integer.class)
                                .single()
                        == 0);
    }

    private static void insert(JdbcClient jdbc, List<Integer> numbers) {
        numbers.forEach(
                n -> jdbc.sql("insert into ledger values (:n)").param("n", n).update());
    }

    private int effects() {
        return db.jdbc().sql("select count(*) from ledger").query(Integer.class).single();
    }
}
