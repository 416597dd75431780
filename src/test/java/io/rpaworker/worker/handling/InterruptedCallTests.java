package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.control.Actor;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Failures;
import io.rpaworker.worker.settling.ClaimedRecords;
import io.rpaworker.worker.settling.Settlement;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of a call's records that somebody interrupts, and of those beside them. */
class InterruptedCallTests {

    private static final Actor ADA = new Actor("ada", "wrong customer");

    /** What the handler takes. */
    enum Kind {
        ONE,
        BATCH
    }

    record Numbered(int n) {}

    interface Handling {
        Outcome<String> handle(List<Integer> numbers) throws Exception;
    }

    private record One(Handling handling) implements RecordHandler<Numbered, String> {

        @Override
        public String flow() {
            return "f";
        }

        @Override
        public Outcome<String> handle(WorkRecord<Numbered> record) throws Exception {
            return handling.handle(List.of(record.payload().n()));
        }
    }

    private record Batch(Handling handling) implements BatchRecordHandler<Numbered, String> {

        @Override
        public String flow() {
            return "f";
        }

        @Override
        public List<Outcome<String>> handle(List<WorkRecord<Numbered>> batch) throws Exception {
            Outcome<String> outcome =
                    handling.handle(batch.stream().map(it -> it.payload().n()).toList());
            return batch.stream().map(it -> outcome).toList();
        }
    }

    private final List<List<Integer>> calls = new ArrayList<>();
    private final List<Settlement<Numbered, String>> settled = new CopyOnWriteArrayList<>();
    private final AtomicInteger settledInterrupted = new AtomicInteger();
    private Source.Probe probe = () -> {};
    private final List<Source> sources = List.of(new Source("hub", () -> probe.check()));
    private final FlowBreakers breakers = new CircuitBreakers().of("f", sources);

    // The claim has left out what was cancelled before.
    @ParameterizedTest
    @EnumSource
    void whatWasCancelledSinceItWasClaimedDoesNotBegin(Kind kind) {
        HandlerCall call = TestCalls.of(3);
        HandlerInvoker<Numbered, String> invoker = invoker(kind, numbers -> answer(numbers, () -> {}));
        invoker.cancelling(Map.of(2L, ADA), System.nanoTime());

        run(invoker, call);

        assertThat(calls.stream().flatMap(List::stream)).containsExactly(1, 3);
        assertThat(cancelled()).containsExactly(2L);
        assertThat(settled.stream().filter(Complete.class::isInstance)).hasSize(2);
    }

    // Its source is not to blame for what an interrupt has made of its answer.
    @ParameterizedTest
    @EnumSource
    void onlyThatItIsCompletedIsBelievedOfACancelledRecord(Kind kind) {
        for (Outcome<String> outcome : List.<Outcome<String>>of(
                Outcome.completed("ok"),
                new Outcome.SourceUnavailable<>("interrupted"),
                new Outcome.RetryLater<>(Duration.ZERO, "interrupted"),
                new Outcome.Rejected<>("interrupted"))) {
            settled.clear();
            HandlerCall call = TestCalls.of(1);

            run(
                    invoker(kind, numbers -> {
                        cancel(call, 1);
                        return outcome;
                    }),
                    call);

            assertThat(cancelled()).hasSize(outcome instanceof Outcome.Completed<?> ? 0 : 1);
            assertThat(settled).hasSize(1);
        }
        assertThat(breakers.isAwaited()).isFalse();
    }

    // Given up as overdue on its last attempt it would be a dead letter of kind timeout, and the order forgotten.
    @ParameterizedTest
    @EnumSource
    void whatIsCancelledIsSoWhateverElseIsWrongWithItsCall(Kind kind) {
        HandlerInvoker<Numbered, String> invoker = invoker(kind, numbers -> Outcome.completed("never"));
        HandlerCall stuck = TestCalls.of(2);
        HandlerCall exiting = TestCalls.of(2);
        for (HandlerCall call : List.of(stuck, exiting)) {
            call.begin();
            call.enters(call.works());
            cancel(call, 1);
            call.leaves();
        }

        invoker.giveUp(stuck);
        invoker.exited(exiting);

        Awaitility.await().until(() -> settled.size() == 4);
        assertThat(cancelled()).containsExactly(1L, 1L);
    }

    // A suspect may be running by then, and would be blamed for what the parts do.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noPartOfABatchThatWasGivenUpIsTried(boolean sourceAnswers) {
        HandlerCall call = TestCalls.of(4);
        HandlerInvoker<Numbered, String> invoker = invoker(Kind.BATCH, numbers -> {
            calls.add(numbers);
            call.interruptIfOverdue(Duration.ZERO, () -> {});
            call.giveUpIfOverdueFor(Duration.ZERO);
            throw new IllegalStateException("it had to come to an end");
        });
        probe = () -> {
            if (!sourceAnswers) {
                throw new ConnectException("no answer");
            }
        };

        run(invoker, call);

        assertThat(calls).hasSize(1);
        assertThat(settled).hasSize(4).hasOnlyElementsOfType(sourceAnswers ? Suspect.class : Release.class);
    }

    // The stop has released it, and another replica may run it by now.
    @ParameterizedTest
    @EnumSource
    void whatIsDecidedBeforeItBeginsDoesNotBegin(Kind kind) {
        HandlerCall call = TestCalls.of(2);
        HandlerInvoker<Numbered, String> invoker = invoker(kind, numbers -> answer(numbers, () -> {}));
        invoker.release(call.works().getFirst());

        run(invoker, call);

        assertThat(calls).containsExactly(List.of(2));
        assertThat(settled).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void nothingButSuccessIsBelievedOfACallThatHasLostItsLease(Kind kind) {
        for (Outcome<String> answer :
                List.<Outcome<String>>of(Outcome.rejected("interrupted"), Outcome.sourceUnavailable("interrupted"))) {
            settled.clear();
            HandlerCall call = TestCalls.of(1);

            run(
                    invoker(kind, numbers -> {
                        call.works().getFirst().claim().lease().end();
                        return answer;
                    }),
                    call);

            assertThat(settled).singleElement().isInstanceOf(Release.class);
        }
        assertThat(breakers.isAwaited()).isFalse();
    }

    // PostgreSQL holds a lease for longer than its owner trusts it, so a failure would still count.
    @ParameterizedTest
    @EnumSource
    void aLostLeaseCostsNoAttemptAndIsNoSourcesFault(Kind kind) {
        for (Exception interrupted : List.of(new InterruptedException(), new SocketException("Closed by interrupt"))) {
            settled.clear();
            HandlerCall call = TestCalls.of(1);

            run(
                    invoker(kind, numbers -> {
                        call.works().getFirst().claim().lease().end();
                        throw interrupted;
                    }),
                    call);

            assertThat(settled).singleElement().isInstanceOf(Release.class);
        }
        assertThat(breakers.isAwaited()).isFalse();
    }

    // Its thread has taken it, and was too late for the stop to see.
    @ParameterizedTest
    @EnumSource
    void noCallBeginsOnceCallsAreStopped(Kind kind) {
        HandlerInvoker<Numbered, String> invoker = invoker(kind, numbers -> answer(numbers, () -> {}));
        invoker.stop(List.of());

        run(invoker, TestCalls.of(2));

        assertThat(calls).isEmpty();
        assertThat(settled).hasSize(2).hasOnlyElementsOfType(Release.class);
    }

    // It has been retried since: what this process knows of orders may be a second old.
    @ParameterizedTest
    @EnumSource
    void aCancellationThatIsOlderThanTheClaimIsNotMeant(Kind kind) {
        HandlerInvoker<Numbered, String> invoker = invoker(kind, numbers -> answer(numbers, () -> {}));
        invoker.cancelling(Map.of(1L, ADA), System.nanoTime());

        run(invoker, TestCalls.of(1));

        assertThat(settled).singleElement().isInstanceOf(Complete.class);
    }

    @ParameterizedTest
    @EnumSource
    void noInterruptReachesTheProbeOfASource(Kind kind) {
        HandlerCall call = TestCalls.of(1);
        HandlerInvoker<Numbered, String> invoker = invoker(kind, numbers -> {
            throw Failures.sqlServer(-2, "HY008");
        });
        probe = () -> {
            call.interruptIfOverdue(Duration.ZERO, () -> {});
            call.interrupt();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        };

        run(invoker, call);

        assertThat(settled).singleElement().isInstanceOf(Fail.class);
        assertThat(breakers.isAwaited()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void noInterruptReachesWhatSettles(Kind kind) {
        HandlerCall call = TestCalls.of(2);

        run(invoker(kind, numbers -> answer(numbers, call::interrupt)), call);

        assertThat(settled).hasSize(2).hasOnlyElementsOfType(Complete.class);
        assertThat(settledInterrupted).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void noInterruptReachesTheNextRecordOrPart(Kind kind) {
        HandlerCall call = TestCalls.of(2);
        var interrupted = new AtomicInteger();

        run(
                invoker(kind, numbers -> {
                    if (Thread.interrupted()) {
                        interrupted.incrementAndGet();
                    }
                    call.interrupt();
                    calls.add(numbers);
                    throw new InterruptedException();
                }),
                call);

        assertThat(calls).hasSizeGreaterThan(1);
        assertThat(interrupted).hasValue(0);
    }

    private static void cancel(HandlerCall call, long id) {
        call.interruptIfCancelled(it -> it.record().id() == id ? "ada: wrong customer" : null, Duration.ofHours(1));
    }

    private List<Long> cancelled() {
        return settled.stream()
                .filter(it -> it instanceof Fail<?, ?> fail
                        && fail.failure().kind() == FailureKind.CANCELLED
                        && fail.failure().reason().equals("Cancelled by ada: wrong customer"))
                .map(it -> it.work().record().id())
                .toList();
    }

    private Outcome<String> answer(List<Integer> numbers, Runnable meanwhile) {
        calls.add(numbers);
        meanwhile.run();
        return Outcome.completed("ok");
    }

    private HandlerInvoker<Numbered, String> invoker(Kind kind, Handling handling) {
        FlowHandler<Numbered, String> handler = switch (kind) {
            case ONE -> new One(handling);
            case BATCH -> new Batch(handling);
        };
        var flow = TestFlows.of(handler, Numbered.class, sources.toArray(Source[]::new));
        breakers.ask();
        return new HandlerInvoker<>(
                flow,
                new OutcomeTranslator<>(
                        flow, ClaimedRecords.FAILURES, breakers, JsonMapper.shared(), ClaimedRecords.fails(flow)),
                this::settle);
    }

    private void settle(Settlement<Numbered, String> settlement) {
        if (Thread.currentThread().isInterrupted()) {
            settledInterrupted.incrementAndGet();
        }
        settled.add(settlement);
    }

    private static void run(HandlerInvoker<Numbered, String> invoker, HandlerCall call) {
        call.begin();
        invoker.run(call);
        call.end();
    }
}
