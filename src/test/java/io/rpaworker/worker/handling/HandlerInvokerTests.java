package io.rpaworker.worker.handling;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.FailureRule;
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
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** What is decided about records, whatever their handler does. */
class HandlerInvokerTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final FailureClassifier FAILURES =
            new FailureClassifier(new StaticListableBeanFactory().getBeanProvider(FailureRule.class));

    private final AtomicInteger probes = new AtomicInteger();
    private final BlockingQueue<Settlement<Numbered, String>> settled = new LinkedBlockingQueue<>();
    private volatile Source.Probe probe = () -> {};

    record Numbered(int n) {}

    interface Handling<A, B> {
        B handle(A given) throws Exception;
    }

    private record One(Handling<Integer, Outcome<String>> handling) implements RecordHandler<Numbered, String> {

        @Override
        public String flow() {
            return "f";
        }

        @Override
        public Outcome<String> handle(WorkRecord<Numbered> record) throws Exception {
            return handling.handle(record.payload().n());
        }
    }

    private record Batch(Handling<List<Integer>, List<Outcome<String>>> handling)
            implements BatchRecordHandler<Numbered, String> {

        @Override
        public String flow() {
            return "f";
        }

        @Override
        public List<Outcome<String>> handle(List<WorkRecord<Numbered>> batch) throws Exception {
            return handling.handle(batch.stream().map(it -> it.payload().n()).toList());
        }
    }

    @Test
    void aRecordIsTriedAgainWhenItsHandlerSaysSo() {
        var decided = run(new One(n -> Outcome.retryLater(Duration.ofHours(7), "later")), 1);

        assertThat(failure(decided).retryAfter()).isEqualTo(Duration.ofHours(7));
        assertThat(failure(decided).reason()).isEqualTo("later");
    }

    @Test
    void forEverIsAYear() {
        var decided = run(new One(n -> Outcome.retryLater(ChronoUnit.FOREVER.getDuration(), "never")), 1);

        assertThat(failure(decided).retryAfter()).isEqualTo(Duration.ofDays(365));
    }

    @Test
    @SuppressWarnings("NullAway") // what a handler without null checks does
    void nullIsAFailure() {
        var decided = run(new One(n -> null), 1);

        assertThat(failure(decided).reason()).contains("The handler of f returned null");
        assertThat(failure(decided).retryAfter()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NUL \0", "half a pair \ud83d"})
    void aResultThatPostgresCannotHoldIsRejected(String result) {
        var decided = run(new One(n -> Outcome.completed(result)), 1);

        assertThat(failure(decided).kind()).isEqualTo(FailureKind.REJECTED);
        assertThat(failure(decided).retryAfter()).isNull();
    }

    @Test
    void theOutcomesOfABatchAreOnePerRecord() {
        var sizes = new ArrayList<Integer>();
        var decided = run(
                new Batch(batch -> {
                    sizes.add(batch.size());
                    return List.of(Outcome.completed("1"), Outcome.completed("2"), Outcome.completed("3"));
                }),
                4);

        assertThat(decided)
                .hasSize(4)
                .allSatisfy(it -> assertThat(failure(List.of(it)).reason())
                        .contains("answered 3 outcomes for 4 records; of these, 3 for 1"));
        assertThat(sizes).containsExactly(4, 2, 1, 1, 2, 1, 1);
    }

    @Test
    void aBatchThatFailsIsHalvedDownToTheCulprit() {
        var decided = run(
                new Batch(batch -> {
                    if (batch.contains(6)) {
                        throw new IllegalStateException("cannot stand 6");
                    }
                    return batch.stream().map(n -> Outcome.completed("ok")).toList();
                }),
                8);

        assertThat(decided).hasSize(8);
        assertThat(decided.stream()
                        .filter(Fail.class::isInstance)
                        .map(it -> it.work().record().id()))
                .containsExactly(6L);
        assertThat(decided.stream().filter(Complete.class::isInstance)).hasSize(7);
    }

    @Test
    void aBatchThatMeetsAnOutageIsNotHalved() {
        var calls = new AtomicInteger();
        var decided = run(
                new Batch(batch -> {
                    calls.incrementAndGet();
                    throw new ConnectException("refused");
                }),
                8);

        assertThat(decided).hasSize(8).allMatch(Release.class::isInstance);
        assertThat(calls).hasValue(1);
    }

    @Test
    void aHandlerThatObeysItsInterruptTimesOut() {
        var decided = runOverdue(
                new One(n -> {
                    new CountDownLatch(1).await();
                    return Outcome.completed("never");
                }),
                1);

        assertThat(failure(decided).kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(failure(decided).retryAfter()).isNotNull();
    }

    // The interrupt is the handler's: a probe that finds it fails, as a connection's pool does.
    @Test
    void aSourceThatAnswersIsNotBlamedForATimeout() {
        probe = () -> {
            probes.incrementAndGet();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        };
        var decided = runOverdue(
                new One(n -> {
                    throw new ConnectException("Closed by interrupt");
                }),
                1);

        assertThat(failure(decided).kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(probes).hasPositiveValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"XX000", "55000", "57014"})
    void whatASourceCannotDoForOneRecordCostsAnAttempt(String state) {
        var decided = run(
                new One(n -> {
                    throw Failures.postgres(state);
                }),
                1);

        assertThat(failure(decided).kind()).isEqualTo(FailureKind.ERROR);
        assertThat(failure(decided).retryAfter()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"XX000", "55000", "57014"})
    void theSameCostsNoneWhileTheSourceIsSilent(String state) {
        probe = HandlerInvokerTests::silence;
        var decided = run(
                new One(n -> {
                    throw Failures.postgres(state);
                }),
                1);

        assertThat(decided).singleElement().isInstanceOf(Release.class);
    }

    @Test
    void aTimeoutCostsNoAttemptWhileTheSourceIsSilent() {
        probe = HandlerInvokerTests::silence;
        var decided = runOverdue(
                new One(n -> {
                    throw new InterruptedException();
                }),
                1);

        assertThat(decided).singleElement().isInstanceOf(Release.class);
    }

    @Test
    void aBatchThatTimesOutIsNotHalvedWhileTheSourceIsSilent() {
        probe = HandlerInvokerTests::silence;
        var calls = new AtomicInteger();
        var decided = runOverdue(
                new Batch(batch -> {
                    calls.incrementAndGet();
                    throw new InterruptedException();
                }),
                8);

        assertThat(decided).hasSize(8).allMatch(Release.class::isInstance);
        assertThat(calls).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aQueryThatTimedOutAsksTheSource(boolean answers) {
        probe = answers ? () -> {} : HandlerInvokerTests::silence;
        var decided = run(
                new One(n -> {
                    throw Failures.sqlServer(-2, "HY008");
                }),
                1);

        assertThat(decided).singleElement().isInstanceOf(answers ? Fail.class : Release.class);
    }

    @Test
    void aBatchThatIsStuckBecomesSuspects() {
        HandlerInvoker<Numbered, String> invoker = execution(new Batch(batch -> List.of()), List.of());

        invoker.giveUp(TestCalls.of(3));

        assertThat(decided()).hasSize(3).allMatch(Suspect.class::isInstance);
    }

    @Test
    void aBatchWhoseHandlerCallsExitBecomesSuspects() {
        execution(new Batch(batch -> List.of())).exited(TestCalls.of(3));

        assertThat(decided()).hasSize(3).allMatch(Suspect.class::isInstance);
    }

    @Test
    void aRecordWhoseHandlerCallsExitUsesAnAttempt() {
        execution(new One(n -> Outcome.completed("never"))).exited(TestCalls.of(1));

        var decided = decided();

        assertThat(failure(decided).reason()).isEqualTo("The handler called System.exit");
        assertThat(failure(decided).retryAfter()).isNotNull();
    }

    @Test
    void aRecordThatIsStuckTimesOut() {
        HandlerInvoker<Numbered, String> invoker = execution(new One(n -> Outcome.completed("never")), List.of());

        invoker.giveUp(TestCalls.of(1));

        assertThat(failure(decided()).kind()).isEqualTo(FailureKind.TIMEOUT);
    }

    // The watch gives up calls of all flows, so it cannot wait for one flow's source.
    @Test
    void givingUpWaitsForNoSourceAndAsksItOnce() throws InterruptedException {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        probe = () -> {
            probes.incrementAndGet();
            asked.countDown();
            answer.await();
            silence();
        };
        HandlerInvoker<Numbered, String> invoker = execution(new One(n -> Outcome.completed("never")));
        HandlerCall stuck = TestCalls.of(1);

        invoker.giveUp(stuck);
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        invoker.giveUp(stuck);
        invoker.giveUp(stuck);
        answer.countDown();

        assertThat(decided()).singleElement().isInstanceOf(Release.class);
        assertThat(probes).hasValue(1);
    }

    // A connection or a query may take a minute to fail, and another thread may be waiting for the same probe.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Timeout(30)
    void aSourceThatSaysNothingIsNotWaitedFor(int sources) {
        var answer = new CountDownLatch(1);
        probe = answer::await;
        HandlerInvoker<Numbered, String> invoker = execution(
                new One(n -> Outcome.completed("never")),
                Stream.of("hub", "other")
                        .limit(sources)
                        .map(name -> new Source(name, () -> probe.check()))
                        .toList());
        long began = System.nanoTime();

        invoker.giveUp(TestCalls.of(1));

        assertThat(decided()).singleElement().isInstanceOf(Release.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        answer.countDown();
    }

    @Test
    void aStuckBatchIsNotSuspectedWhileTheSourceIsSilent() {
        probe = HandlerInvokerTests::silence;

        execution(new Batch(batch -> List.of())).giveUp(TestCalls.of(3));

        assertThat(decided()).hasSize(3).allMatch(Release.class::isInstance);
    }

    private static void silence() throws ConnectException {
        throw new ConnectException("no answer");
    }

    private List<Settlement<Numbered, String>> run(FlowHandler<Numbered, String> handler, int records) {
        HandlerCall call = TestCalls.of(records);
        call.begin();
        execution(handler).run(call);
        return decided();
    }

    private List<Settlement<Numbered, String>> runOverdue(FlowHandler<Numbered, String> handler, int records) {
        HandlerCall call = TestCalls.of(records);
        call.begin();
        call.interruptIfOverdue(Duration.ZERO, () -> {});
        try {
            execution(handler).run(call);
        } finally {
            call.end();
        }
        return decided();
    }

    private HandlerInvoker<Numbered, String> execution(FlowHandler<Numbered, String> handler) {
        return execution(handler, List.of(new Source("hub", () -> probe.check())));
    }

    private HandlerInvoker<Numbered, String> execution(FlowHandler<Numbered, String> handler, List<Source> sources) {
        var flow = TestFlows.of(handler, Numbered.class, sources.toArray(Source[]::new));
        Source.Probe later = probe;
        probe = () -> {};
        FlowBreakers breakers = new CircuitBreakers().of("f", sources);
        breakers.ask();
        probe = later;
        return new HandlerInvoker<>(
                flow,
                new OutcomeTranslator<>(flow, FAILURES, breakers, JSON, ClaimedRecords.fails(flow)),
                settled::add);
    }

    // What is given up is decided by another thread.
    private List<Settlement<Numbered, String>> decided() {
        var decided = new ArrayList<Settlement<Numbered, String>>();
        try {
            decided.add(settled.take());
            for (var next = settled.poll(20, MILLISECONDS); next != null; next = settled.poll(20, MILLISECONDS)) {
                decided.add(next);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return decided;
    }

    private static Failure failure(List<Settlement<Numbered, String>> decided) {
        assertThat(decided).singleElement().isInstanceOf(Fail.class);
        return ((Fail<Numbered, String>) decided.getFirst()).failure();
    }
}
