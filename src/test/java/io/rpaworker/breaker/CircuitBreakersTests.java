package io.rpaworker.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which flows wait for what. */
@ExtendWith(OutputCaptureExtension.class)
class CircuitBreakersTests {

    private final RpaDb db = Postgres.migrated();

    /** Reads the hub, and writes to a table of its own name. */
    private record Reader(String flow, BeanFactory beans) implements RecordHandler<Map<String, Object>, Integer> {

        @Override
        public Outcome<Integer> handle(WorkRecord<Map<String, Object>> record) {
            return Outcome.completed(1);
        }

        @Override
        public void write(List<Handled<Map<String, Object>, Integer>> chunk) {
            var jdbc = beans.getBean(JdbcClient.class);
            chunk.forEach(it -> jdbc.sql("insert into " + flow + " values (?)")
                    .param(it.record().id())
                    .update());
        }

        @Override
        public List<Source> sources() {
            return List.of(new Source("hub", () -> {}));
        }
    }

    /** Writes what its payloads say, as a batch, to a table that is not there. */
    private record Batching(BeanFactory beans) implements RecordHandler<Map<String, Object>, String> {

        @Override
        public String flow() {
            return "batching";
        }

        @Override
        public Outcome<String> handle(WorkRecord<Map<String, Object>> record) {
            return Outcome.completed("secret-" + record.payload().get("n"));
        }

        @Override
        public void write(List<Handled<Map<String, Object>, String>> chunk) {
            beans.getBean(JdbcTemplate.class)
                    .batchUpdate(
                            "insert into nowhere values (?)",
                            chunk.stream().map(it -> new Object[] {it.result()}).toList());
        }
    }

    /** Declares no source, and needs one all the same. */
    private record Secretive(AtomicBoolean up, AtomicInteger calls)
            implements RecordHandler<Map<String, Object>, Integer> {

        @Override
        public String flow() {
            return "secretive";
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Map<String, Object>> record) throws ConnectException {
            calls.incrementAndGet();
            if (!up.get()) {
                throw new ConnectException("refused");
            }
            return Outcome.completed(1);
        }
    }

    @Test
    void aFlowThatCannotWriteDoesNotKeepOthersFromReadingTheSameSource() {
        db.jdbc().sql("create table whole (id bigint)").update();
        db.insertPending("broken", 20);
        try (var worker = TestWorker.on(db)
                .flow("broken")
                .flow("whole")
                .bean(beans -> new Reader("broken", beans))
                .bean(beans -> new Reader("whole", beans))
                .start()) {
            var breakers = worker.bean(CircuitBreakers.class);
            worker.until(() -> reason(breakers, "rpaDb:broken").contains("\"broken\" does not exist"));

            db.insertPending("whole", 500);
            worker.until(() -> db.count("whole", "completed") == 500);

            assertThat(breakers.unavailable()).containsOnlyKeys("rpaDb:broken");
            assertThat(db.count("broken", "completed")).isZero();

            db.jdbc().sql("create table broken (id bigint)").update();
            worker.until(() -> db.count("broken", "completed") == 20
                    && breakers.unavailable().isEmpty());
            assertThat(db.jdbc()
                            .sql("select max(retry_count) from processing_queue")
                            .query(Integer.class)
                            .single())
                    .isZero();
        }
    }

    // It is on the health page and in the log.
    @Test
    void whatIsSaidOfARefusedBatchDoesNotQuoteIt(CapturedOutput output) {
        db.insertPending("batching", 5);
        try (var worker = TestWorker.on(db)
                .flow("batching")
                .bean(beans -> new Batching(beans))
                .start()) {
            var breakers = worker.bean(CircuitBreakers.class);
            worker.until(() -> reason(breakers, "rpaDb:batching").contains("\"nowhere\" does not exist"));

            assertThat(reason(breakers, "rpaDb:batching")).doesNotContain("secret-");
        }
        assertThat(output).contains("Flows wait for source rpaDb:batching").doesNotContain("secret-");
    }

    @Test
    void aFlowThatNamesNoSourceWaitsAsWell() {
        var up = new AtomicBoolean();
        var calls = new AtomicInteger();
        db.insertPending("secretive", 500);
        try (var worker = TestWorker.on(db)
                .flow("secretive")
                .bean(new Secretive(up, calls))
                .start()) {
            var breakers = worker.bean(CircuitBreakers.class);
            worker.until(() -> reason(breakers, "flow:secretive").contains("ConnectException"));

            up.set(true);
            worker.until(() -> db.count("secretive", "completed") == 500);

            // Two batches at most had been claimed when it was found out; then one record at a time.
            assertThat(calls.get()).isLessThan(500 + 250);
            assertThat(db.column(1, "retry_count", Integer.class)).isZero();
        }
    }

    private static String reason(CircuitBreakers breakers, String source) {
        return breakers.unavailable().getOrDefault(source, "");
    }
}
