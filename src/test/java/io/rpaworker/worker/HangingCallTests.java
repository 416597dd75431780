package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A call that hangs is told, whatever it hangs in. */
@ExtendWith(OutputCaptureExtension.class)
class HangingCallTests {

    private static final String FLOW = "blocks";

    private final RpaDb db = Postgres.migrated();
    private final AtomicBoolean end = new AtomicBoolean();

    /** What a call hangs in. */
    enum Kind {
        SLEEP,
        COMPUTE,
        SWALLOW,
        PARK,
        DEADLOCK
    }

    record Nothing() {}

    /** Hangs until the test ends. */
    private static final class Blocking implements RecordHandler<Nothing, Boolean> {

        private final Kind kind;
        private final AtomicBoolean end;
        private final Object lock = new Object();

        private Blocking(Kind kind, AtomicBoolean end) {
            this.kind = kind;
            this.end = end;
        }

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Nothing> record) throws InterruptedException {
            switch (kind) {
                case SLEEP -> Thread.sleep(Duration.ofHours(1));
                case COMPUTE -> untilTheEnd(Thread::onSpinWait);
                case SWALLOW -> untilTheEnd(Blocking::swallow);
                case PARK -> untilTheEnd(() -> LockSupport.parkNanos(1_000_000));
                case DEADLOCK -> behindAnother();
            }
            return Outcome.completed(true);
        }

        private void untilTheEnd(Runnable step) {
            while (!end.get()) {
                step.run();
            }
        }

        private static void swallow() {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                // As broken libraries do.
            }
        }

        // Who has the lock never gives it back, and who waits for a monitor does not hear of an interrupt.
        private void behindAnother() throws InterruptedException {
            var held = new CountDownLatch(1);
            Thread.ofPlatform().daemon().start(() -> {
                synchronized (lock) {
                    held.countDown();
                    untilTheEnd(() -> LockSupport.parkNanos(1_000_000));
                }
            });
            held.await();
            synchronized (lock) {
                assertThat(end).isTrue();
            }
        }
    }

    @AfterEach
    void end() {
        end.set(true);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aCallPastItsTimeoutIsToldWithItsStack(Kind kind, CapturedOutput output) {
        db.insertPending(FLOW, 1);
        try (var worker = start(kind)) {
            worker.until(() -> output.getOut().contains("takes longer than its record-timeout"));

            assertThat(output.getOut())
                    .contains("A call of flow blocks takes longer than its record-timeout, 0.2 s, and is interrupted:"
                            + " record 1, attempt 1, for 0.")
                    .containsPattern("thread rpa-handle-blocks-[12]\\R")
                    .contains("at " + Blocking.class.getName() + ".handle(HangingCallTests.java");
            end.set(true);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = Mode.EXCLUDE, names = "SLEEP")
    void oneThatIgnoresItsInterruptIsToldOnceMoreAndWhenItEnds(Kind kind, CapturedOutput output) {
        db.insertPending(FLOW, 1);
        try (var worker = start(kind)) {
            worker.until(() -> output.getOut().contains("ignores its interrupt"));
            assertThat(output.getOut())
                    .containsPattern(
                            "A call of flow blocks ignores its interrupt: record 1, attempt 1, for .* s\\. Without"
                                    + " it its record is a dead letter; its slot stays taken until it ends, and 1 of 2 slots are"
                                    + " stuck");

            end.set(true);
            worker.until(() -> output.getOut()
                    .contains("A call of flow blocks that was given up has ended, and its slot is free: record 1"));
            assertThat(output.getOut().split("takes longer than", -1)).hasSize(2);
            assertThat(output.getOut().split("ignores its interrupt:", -1)).hasSize(2);
        }
        assertThat(output.getOut()).containsPattern("Drained within [0-9.]+ m?s\\R");
    }

    @Test
    void theStopSaysWhichCallsItGaveUp(CapturedOutput output) {
        db.insertPending(FLOW, 2);
        try (var worker = start(Kind.COMPUTE)) {
            worker.until(() -> db.count(FLOW, "failed") == 2);
        }

        assertThat(output.getOut())
                .containsPattern(
                        "Drained within .* m?s; gave up 2 calls of flow blocks \\(records [12], [12]\\) that ignore"
                                + " their interrupt");
    }

    /** Hangs outside its calls. */
    private record Elsewhere(boolean inWrite, AtomicBoolean end) implements RecordHandler<Nothing, Boolean> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Boolean> handle(WorkRecord<Nothing> record) {
            return Outcome.completed(true);
        }

        @Override
        public List<Source> sources() {
            return List.of(new Source("hub", () -> hang(!inWrite)));
        }

        @Override
        public void write(List<Handled<Nothing, Boolean>> chunk) {
            hang(inWrite);
        }

        private void hang(boolean here) {
            while (here && !end.get()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriteOrAProbeThatHangsIsToldOnceWithItsStackAndEndsNoLoop(boolean inWrite, CapturedOutput output) {
        db.insertPending(FLOW, 1);
        try (var worker = TestWorker.on(db)
                .property("rpa.flows.blocks.record-timeout", "200ms")
                .flow(FLOW)
                .bean(new Elsewhere(inWrite, end))
                .start()) {
            worker.until(() -> output.getOut().contains("A write, a probe or a rule of flow blocks takes longer"));

            FlowState state = worker.bean(Worker.class).flows().getFirst();
            assertThat(output.getOut())
                    .contains("than its record-timeout, 0.2 s, and keeps a thread of the worker's: for 0.")
                    .contains("thread rpa-" + (inWrite ? "settle" : "poll") + "-blocks")
                    .contains("at " + Elsewhere.class.getName() + ".hang(HangingCallTests.java");
            assertThat(state.lentFor()).isGreaterThan(Duration.ofMillis(200));
            assertThat(state.problems())
                    .singleElement()
                    .asString()
                    .startsWith("A write, a probe or a rule of flow blocks has gone on for ");
            end.set(true);
            worker.until(() -> db.count(FLOW, "completed") == 1);
            worker.until(() ->
                    worker.bean(Worker.class).flows().getFirst().problems().isEmpty());
        }
        assertThat(output.getOut().split("a rule of flow blocks takes longer", -1))
                .hasSize(2);
    }

    // Who watches over all flows has no time for what one flow's author has written.
    @Test
    void aRuleThatHangsKeepsNoTimeoutFromBeingSettled() {
        db.insertPending(FLOW, 1);
        Redaction rule = (flow, text) -> {
            while (!end.get()) {
                LockSupport.parkNanos(1_000_000);
            }
            return text;
        };
        try (var worker = builder(Kind.PARK).bean(rule).start()) {
            worker.until(() -> db.count(FLOW, "failed") == 1);

            assertThat(db.column(1, "error_message", String.class)).isEqualTo("Took longer than record-timeout, 0.2 s");
            end.set(true);
        }
    }

    @Test
    void ofManyThatHangAtOnceTheFirstAreToldAndTheOthersCounted(CapturedOutput output) {
        db.insertPending(FLOW, 20);
        try (var worker = TestWorker.on(db)
                .property("rpa.flows.blocks.record-timeout", "200ms")
                .property("rpa.flows.blocks.concurrency", "20")
                .property("rpa.global.max-retries", "1")
                .flow(FLOW)
                .bean(new Blocking(Kind.PARK, end))
                .start()) {
            worker.until(() -> output.getOut().contains("17 more calls of flow blocks ignore their interrupt"));

            assertThat(output.getOut()).contains("17 more calls of flow blocks take longer than their record-timeout");
            assertThat(output.getOut().split("ignores its interrupt:", -1)).hasSize(4);
            end.set(true);
        }
    }

    private TestWorker start(Kind kind) {
        return builder(kind).start();
    }

    private TestWorker.Builder builder(Kind kind) {
        return TestWorker.on(db)
                .property("rpa.flows.blocks.record-timeout", "200ms")
                .property("rpa.flows.blocks.concurrency", "2")
                .property("rpa.global.max-retries", "1")
                .property("rpa.worker.drain-timeout", "0s")
                .property("logging.level.io.rpaworker.worker", "info")
                .flow(FLOW)
                .bean(new Blocking(kind, end));
    }
}
