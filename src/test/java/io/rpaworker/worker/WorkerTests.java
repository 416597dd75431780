package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RecordRejectedException;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import jakarta.validation.constraints.Max;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.module.blackbird.BlackbirdModule;

class WorkerTests {

    private static final String FLOW = "ledger";

    private final RpaDb db = Postgres.migrated();

    @BeforeEach
    void ledger() {
        // No unique constraint: it would hide a second effect.
        db.jdbc()
                .sql("create table ledger (record_id bigint not null, n int not null)")
                .update();
    }

    record Numbered(@Max(100_000) int n) {}

    /** Writes each record into the ledger; some numbers cannot be handled, some cannot be written. */
    private record Ledger(BeanFactory beans, Set<Integer> failing, Set<Integer> unwritable)
            implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) {
            return outcome(record.payload().n(), failing);
        }

        @Override
        public void write(List<Handled<Numbered, Integer>> chunk) {
            insert(beans, chunk, unwritable);
        }
    }

    /** The same, batch by batch. */
    private record BatchLedger(BeanFactory beans, Set<Integer> failing, Set<Integer> unwritable)
            implements BatchRecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<Integer>> handle(List<WorkRecord<Numbered>> batch) {
            return batch.stream().map(it -> outcome(it.payload().n(), failing)).toList();
        }

        @Override
        public void write(List<Handled<Numbered, Integer>> chunk) {
            insert(beans, chunk, unwritable);
        }
    }

    private static Outcome<Integer> outcome(int n, Set<Integer> failing) {
        if (failing.contains(n)) {
            throw new RecordRejectedException("cannot handle " + n);
        }
        return Outcome.completed(n * 2);
    }

    private static void insert(BeanFactory beans, List<Handled<Numbered, Integer>> chunk, Set<Integer> unwritable) {
        var jdbc = beans.getBean(JdbcClient.class);
        for (Handled<Numbered, Integer> it : chunk) {
            int n = it.record().payload().n();
            jdbc.sql("insert into ledger values (?, ?)")
                    .params(it.record().id(), n)
                    .update();
            if (unwritable.contains(n)) {
                throw new IllegalStateException("cannot write " + n);
            }
        }
    }

    private static FlowHandler<Numbered, Integer> handler(
            boolean batch, BeanFactory beans, Set<Integer> failing, Set<Integer> unwritable) {
        return batch ? new BatchLedger(beans, failing, unwritable) : new Ledger(beans, failing, unwritable);
    }

    @Test
    void payloadsAreMadeWithoutReflection() {
        try (var worker = TestWorker.on(db).start()) {
            assertThat(worker.bean(JsonMapper.class).registeredModules()).anyMatch(BlackbirdModule.class::isInstance);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handlesEveryRecordOnceAndKeepsItsResult(boolean batch) {
        db.insertPending(FLOW, 2_000);

        drained(TestWorker.on(db).bean(beans -> handler(batch, beans, Set.of(), Set.of())));

        assertThat(db.count(FLOW, "completed")).isEqualTo(2_000);
        assertThat(db.column(7, "payload ->> 'result'", String.class)).isEqualTo("14");
        assertThat(ledgered()).hasSize(2_000).containsExactlyElementsOf(numbers(1, 2_000));
        assertThat(rows("processing_claim")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordThatCannotBeHandledFailsAlone(boolean batch) {
        db.insertPending(FLOW, 300);

        drained(TestWorker.on(db).bean(beans -> handler(batch, beans, Set.of(1, 150, 300), Set.of())));

        assertThat(db.count(FLOW, "completed")).isEqualTo(297);
        assertThat(db.count(FLOW, "failed")).isEqualTo(3);
        assertThat(db.column(150, "error_message", String.class)).contains("cannot handle 150");
        assertThat(db.column(150, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(ledgered()).hasSize(297).doesNotContain(1, 150, 300);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordThatCannotBeWrittenFailsAloneAndLeavesNoEffect(boolean batch) {
        db.insertPending(FLOW, 300);

        drained(TestWorker.on(db)
                .property("rpa.global.max-retries", "1")
                .bean(beans -> handler(batch, beans, Set.of(), Set.of(2, 151, 299))));

        assertThat(db.count(FLOW, "completed")).isEqualTo(297);
        assertThat(db.column(151, "error_message", String.class)).contains("cannot write 151");
        assertThat(ledgered()).hasSize(297).doesNotHaveDuplicates().doesNotContain(2, 151, 299);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPayloadThatDoesNotDecodeOrValidateIsADeadLetterAtOnce(boolean batch) {
        db.insertPending(FLOW, 20);
        db.jdbc()
                .sql("update processing_queue set payload = '{\"n\": \"many\"}' where id = 3")
                .update();
        db.jdbc()
                .sql("update processing_queue set payload = '{\"n\": 100001}' where id = 4")
                .update();
        db.jdbc()
                .sql("update processing_queue set payload = '[1]' where id = 5")
                .update();

        drained(TestWorker.on(db).bean(beans -> handler(batch, beans, Set.of(), Set.of())));

        assertThat(db.count(FLOW, "completed")).isEqualTo(17);
        for (long id : List.of(3L, 4L, 5L)) {
            assertThat(db.column(id, "failure_kind", String.class)).isEqualTo("payload");
            assertThat(db.nullableColumn(id, "next_retry_at::text", String.class))
                    .isNull();
        }
        assertThat(db.column(3, "error_message", String.class)).contains("does not decode");
        assertThat(db.column(4, "error_message", String.class))
                .isEqualTo("Payload is not valid: n must be less than or equal to 100000");
    }

    @Test
    void writesAndCompletionCommitTogetherOrNotAtAll() {
        db.insertPending(FLOW, 50);
        // Fails at COMMIT, when both the completion and the write have been sent.
        db.jdbc()
                .sql("create function refuse() returns trigger language plpgsql as"
                        + " $$ begin raise exception 'refused at commit'; end $$")
                .update();
        db.jdbc()
                .sql("create constraint trigger refused after insert on ledger deferrable initially deferred"
                        + " for each row when (new.n = 25) execute function refuse()")
                .update();

        drained(TestWorker.on(db)
                .property("rpa.global.max-retries", "1")
                .bean(beans -> handler(false, beans, Set.of(), Set.of())));

        assertThat(db.count(FLOW, "completed")).isEqualTo(49);
        assertThat(db.column(25, "error_message", String.class)).contains("refused at commit");
        assertThat(ledgered()).hasSize(49).doesNotContain(25);
    }

    @Test
    void leavesFlowsAloneThatItDoesNotKnow() {
        db.insertPending("of-a-newer-version", 5);
        db.insertPending(FLOW, 5);

        drained(TestWorker.on(db).bean(beans -> handler(false, beans, Set.of(), Set.of())));

        assertThat(db.count("of-a-newer-version", "pending")).isEqualTo(5);
    }

    @Test
    void leavesTheQueueOfAFlowAloneThatIsNotDistributed() {
        db.insertPending("standard", 5);
        db.insertPending(FLOW, 5);

        drained(TestWorker.on(db)
                .flow("standard")
                .property("rpa.flows.standard.mode", "standard")
                .bean(new Untouched())
                .bean(beans -> handler(false, beans, Set.of(), Set.of())));

        assertThat(db.count("standard", "pending")).isEqualTo(5);
        assertThat(db.column(1, "claimed_at is null", Boolean.class)).isTrue();
    }

    /** Is never called by the queue. */
    private record Untouched() implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return "standard";
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) {
            return Outcome.completed(record.payload().n());
        }
    }

    private void drained(TestWorker.Builder builder) {
        try (var worker = builder.flow(FLOW).start()) {
            worker.until(() -> db.count(FLOW, "pending") + db.count(FLOW, "processing") == 0);
        }
    }

    private List<Integer> ledgered() {
        return db.jdbc()
                .sql("select n from ledger order by n")
                .query(Integer.class)
                .list();
    }

    private int rows(String table) {
        return db.jdbc()
                .sql("select count(*) from " + table)
                .query(Integer.class)
                .single();
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }
}
