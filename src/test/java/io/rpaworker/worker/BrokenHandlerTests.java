package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.FailureTextsTests;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.loop.Loops;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import jakarta.validation.constraints.Max;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** However broken a handler is, each of its records gets settled. */
class BrokenHandlerTests {

    private static final String FLOW = "broken";

    private final RpaDb db = Postgres.migrated();

    // Bean Validation has no @Max for a list: it throws when it is asked.
    record Unvalidatable(@Max(1) List<Integer> numbers) {}

    private record One() implements RecordHandler<Unvalidatable, String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<String> handle(WorkRecord<Unvalidatable> record) {
            return Outcome.completed("never");
        }
    }

    private record Batch() implements BatchRecordHandler<Unvalidatable, String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<String>> handle(List<WorkRecord<Unvalidatable>> batch) {
            return batch.stream().map(it -> Outcome.completed("never")).toList();
        }
    }

    static Stream<FlowHandler<?, ?>> handlers() {
        return Stream.of(new One(), new Batch());
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void aPayloadTypeThatCannotBeValidatedFailsItsRecords(FlowHandler<?, ?> handler) {
        insert("{\"numbers\": []}");

        settled(TestWorker.on(db).bean(handler));

        assertThat(db.count(FLOW, "failed")).isEqualTo(3);
        assertThat(db.column(1, "error_message", String.class)).contains("UnexpectedTypeException");
    }

    @ParameterizedTest
    @MethodSource("handlers")
    void aRuleThatThrowsFailsNoOneButItself(FlowHandler<?, ?> handler) {
        insert("{\"numbers\": []}");
        FailureRule rule = failure -> {
            throw new IllegalStateException("a rule's own fault");
        };

        settled(TestWorker.on(db).bean(handler).bean(rule));

        assertThat(db.count(FLOW, "failed")).isEqualTo(3);
    }

    /** Throws what cannot be read. */
    private record Unreadable() implements RecordHandler<Object[], String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<String> handle(WorkRecord<Object[]> record) {
            throw new FailureTextsTests.Broken();
        }
    }

    /** The same for a batch. */
    private record UnreadableBatch() implements BatchRecordHandler<Object[], String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Outcome<String>> handle(List<WorkRecord<Object[]>> batch) {
            throw new FailureTextsTests.Broken();
        }
    }

    static Stream<Arguments> unreadable() {
        return Stream.of("info", "debug")
                .flatMap(level -> Stream.of(new Unreadable(), new UnreadableBatch())
                        .map(handler -> Arguments.of(level, handler)));
    }

    // A logger that is asked for it reads what a failure says.
    @ParameterizedTest
    @MethodSource("unreadable")
    void aFailureThatIsItselfBrokenIsRecorded(String level, FlowHandler<?, ?> handler) {
        insert("[]");

        settled(TestWorker.on(db)
                .property("logging.level.io.rpaworker.worker", level)
                .bean(handler));

        assertThat(db.count(FLOW, "failed")).isEqualTo(3);
        assertThat(db.column(1, "error_message", String.class)).contains("its getMessage() throws");
    }

    /** Leaves its thread interrupted, wherever it is called. */
    private record Interrupting(boolean writes) implements RecordHandler<Object[], String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Source> sources() {
            return List.of(new Source("hub", () -> Thread.currentThread().interrupt()));
        }

        @Override
        public Outcome<String> handle(WorkRecord<Object[]> record) {
            Thread.currentThread().interrupt();
            return Outcome.completed("done");
        }

        @Override
        public void write(List<Handled<Object[], String>> chunk) {
            Thread.currentThread().interrupt();
            if (!writes) {
                throw new IllegalStateException("cannot write");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptThatAHandlerLeavesEndsNothing(boolean writes) {
        insert("[]");
        FailureRule rule = failure -> {
            Thread.currentThread().interrupt();
            return Optional.empty();
        };

        settled(TestWorker.on(db)
                .property("rpa.global.chunk-size", "1")
                .bean(new Interrupting(writes))
                .bean(rule));

        assertThat(db.count(FLOW, writes ? "completed" : "failed")).isEqualTo(3);
    }

    /** Leaves its mark on every thread that it is called on, and says what it finds there. */
    private record Marking(Queue<String> found) implements RecordHandler<Object[], String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public List<Source> sources() {
            return List.of(new Source("hub", this::mark));
        }

        @Override
        public Outcome<String> handle(WorkRecord<Object[]> record) {
            mark();
            return Outcome.completed("done");
        }

        @Override
        public void write(List<Handled<Object[], String>> chunk) {
            mark();
        }

        @SuppressWarnings("ThreadPriorityCheck") // as somebody's may
        private void mark() {
            Thread thread = Thread.currentThread();
            found.add("%s %d %s".formatted(thread.getName(), thread.getPriority(), MDC.get("customer")));
            thread.setName("Ada Lovelace");
            thread.setPriority(Thread.MIN_PRIORITY);
            MDC.put("customer", "Ada Lovelace");
        }
    }

    @Test
    void whatAHandlerDoesToItsThreadIsNotSaidOfTheNextRecord() {
        insert("[]");
        var found = new ConcurrentLinkedQueue<String>();

        settled(TestWorker.on(db)
                .property("rpa.flows.broken.concurrency", "1")
                .property("rpa.global.chunk-size", "1")
                .bean(new Marking(found)));

        assertThat(found)
                .hasSizeGreaterThanOrEqualTo(7)
                .allMatch(it -> it.matches("rpa-(poll-broken|handle-broken-[0-9]+|settle-broken) 5 null"));
    }

    @Test
    void noInterruptButThatOfTheStopEndsALoop() {
        try (var worker = TestWorker.on(db).flow(FLOW).bean(new Unreadable()).start()) {
            interruptLoops();
            insert("[]");
            worker.until(() -> db.count(FLOW, "failed") == 3);
            assertThat(worker.bean(Loops.class).vitalProblems(Duration.ofMinutes(1)))
                    .isEmpty();
            assertThat(worker.bean(Loops.class).otherProblems(Duration.ofMinutes(1)))
                    .isEmpty();
        }
    }

    private static void interruptLoops() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().startsWith("rpa-"))
                .forEach(Thread::interrupt);
    }

    /** Leaves a session behind in which nothing is found. */
    private record Astray(BeanFactory beans) implements RecordHandler<Object[], String> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<String> handle(WorkRecord<Object[]> record) {
            return Outcome.completed("done");
        }

        @Override
        public void write(List<Handled<Object[], String>> chunk) {
            beans.getBean(JdbcClient.class).sql("set search_path = nowhere").update();
        }
    }

    @Test
    void aSearchPathThatAWriteLeavesKeepsNothingFromBeingSettled() {
        insert("[]");
        insert("[]");

        settled(TestWorker.on(db).property("rpa.global.chunk-size", "1").bean(Astray::new));

        assertThat(db.count(FLOW, "completed")).isEqualTo(6);
    }

    private void insert(String payload) {
        for (int i = 0; i < 3; i++) {
            db.jdbc()
                    .sql("insert into processing_queue (flow_name, payload) values (:flow, cast(:payload as jsonb))")
                    .param("flow", FLOW)
                    .param("payload", payload)
                    .update();
        }
    }

    private void settled(TestWorker.Builder builder) {
        try (var worker = builder.property("rpa.global.max-retries", "1")
                .property("rpa.worker.drain-timeout", "0s")
                .flow(FLOW)
                .start()) {
            worker.until(() -> db.count(FLOW, "pending") + db.count(FLOW, "processing") == 0);
        }
    }
}
