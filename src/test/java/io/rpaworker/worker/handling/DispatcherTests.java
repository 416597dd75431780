package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.control.Actor;
import io.rpaworker.database.ConnectionShare;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.FailureRule;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.TestInFlight;
import io.rpaworker.worker.settling.ClaimedRecords;
import io.rpaworker.worker.settling.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** Hands records to one slot. */
@Timeout(30)
class DispatcherTests {

    private static final String FLOW = "gated";

    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger handlingMillis = new AtomicInteger();
    private final AtomicLong clock = new AtomicLong();
    private final AtomicBoolean settlingIsFull = new AtomicBoolean();
    private final AtomicBoolean fillsSettling = new AtomicBoolean();
    private final Numbers handler = Numbers.of(FLOW).before(n -> {
        calls.incrementAndGet();
        gate.await();
        Thread.sleep(handlingMillis.get());
        settlingIsFull.compareAndSet(false, fillsSettling.get());
    });
    private final Flow<Numbered, Integer> flow = TestFlows.of(handler, Numbered.class);
    private final BlockingQueue<Settlement<Numbered, Integer>> settled = new LinkedBlockingQueue<>();
    private final Isolation isolation = new Isolation(new IsolationBackoff(Duration.ofMinutes(1), System.nanoTime()));
    private final Lease lease =
            new Lease(new WorkerInstance("a", "host", "1"), Duration.ofHours(1), System::nanoTime, System.nanoTime());
    private @Nullable Loop dispatching;

    @AfterEach
    void stop() {
        gate.countDown();
        if (dispatching != null) {
            dispatching.stop();
        }
    }

    @Test
    void aSlotTakesNoFurtherRecordWhileASuspectWaits() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(2));
        Awaitility.await().until(() -> calls.get() == 1);

        var asked = new AtomicInteger();
        assertThat(isolation.enterAlone(() -> {
                    // As soon as it waits: it is asked once before.
                    if (asked.getAndIncrement() > 0) {
                        gate.countDown();
                    }
                    return true;
                }))
                .isTrue();
        assertThat(calls).as("while it is alone").hasValue(1);

        isolation.leaveAlone(true);
        assertThat(decided(2)).hasOnlyElementsOfType(Settlement.Complete.class);
    }

    @Test
    void goesOnAfterAnErrorAndGivesTheRecordsBack() throws InterruptedException {
        gate.countDown();
        var tries = new AtomicInteger();
        Dispatcher dispatcher = dispatcher(task -> {
            if (tries.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            Thread.startVirtualThread(task);
        });
        assertThat(dispatcher.offers().awaitDemand()).isPositive();
        dispatcher.offers().add(claim(3));
        assertThat(decided(3)).hasOnlyElementsOfType(Settlement.Release.class);

        // Neither the room, nor the slot, nor the right to be inside is lost.
        assertThat(dispatcher.offers().awaitDemand()).isPositive();
        assertThat(dispatcher.offers().awaitDemand()).isPositive();
        dispatcher.offers().add(claim(1));
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);
        Awaitility.await().until(() -> isolation.enterAlone(() -> true));
    }

    @Test
    void releasesWhatWaitsForASlotWhenSomebodyInterruptsItAndGoesOn() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(1));
        Awaitility.await().until(() -> calls.get() == 1);
        dispatcher.offers().add(claim(2));
        Thread waiting = Objects.requireNonNull(dispatching).thread().orElseThrow();
        Awaitility.await()
                .until(() -> waiting.getState() == Thread.State.TIMED_WAITING
                        && isIn(waiting, HandlerSlots.class, "acquire"));

        waiting.interrupt();

        assertThat(decided(2)).hasOnlyElementsOfType(Settlement.Release.class);
        gate.countDown();
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);
        dispatcher.offers().add(claim(1));
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);
    }

    @Test
    void whatHasWaitedInVainForASlotIsReleasedForOthers() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(3));
        Awaitility.await().until(() -> calls.get() == 1);
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        dispatcher.offers().add(claim(2));
        // A second's work is ahead, and two to spare.
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(settled.poll(300, TimeUnit.MILLISECONDS)).isNull();

        clock.addAndGet(1);
        assertThat(decided(2)).as("of the first claim").hasOnlyElementsOfType(Settlement.Release.class);
        assertThat(settled.poll(300, TimeUnit.MILLISECONDS)).isNull();

        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(decided(2)).as("of the second").hasOnlyElementsOfType(Settlement.Release.class);
        gate.countDown();
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);
    }

    // It is slow, and gets on: another replica would only begin anew with what is left.
    @Test
    void whatGetsOnIsNotReleasedHoweverOldItIs() throws InterruptedException {
        gate.countDown();
        handlingMillis.set(10);
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(60));
        clock.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(decided(60)).hasOnlyElementsOfType(Settlement.Complete.class);
    }

    // Two of these would be all the room that there is, and nothing would be claimed any more.
    @Test
    void whoIsInterruptedWhileItWaitsForDemandKeepsNoRoom() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(1));
        Awaitility.await().until(() -> calls.get() == 1);
        for (int i = 0; i < 2; i++) {
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    while (dispatcher.offers().awaitDemand() == 0) {
                        Thread.onSpinWait();
                    }
                } catch (InterruptedException e) {
                    // It ends.
                }
            });
            Awaitility.await().until(() -> isIn(waiting, Offers.class, "wantedBefore"));
            waiting.interrupt();
            waiting.join();
        }

        gate.countDown();
        Awaitility.await().until(() -> dispatcher.offers().awaitDemand() > 0);
        Awaitility.await().until(() -> dispatcher.offers().awaitDemand() > 0);
    }

    // Its slots may be as free as they like: it is PostgreSQL that is waited for, by all replicas.
    @Test
    void whatWaitsForSettlingIsNotReleased() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(2));
        Awaitility.await().until(() -> calls.get() == 1);
        settlingIsFull.set(true);
        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(settled.poll(300, TimeUnit.MILLISECONDS)).isNull();

        settlingIsFull.set(false);
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Release.class);
    }

    @Test
    void anotherClaimIsWantedAsSoonAsASlotIsFree() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(1));
        Awaitility.await().until(() -> calls.get() == 1);
        assertThat(dispatcher.offers().awaitDemand()).isZero();
        assertThat(dispatcher.offers().awaitDemand()).as("no room was kept").isZero();

        Thread.startVirtualThread(gate::countDown);
        Awaitility.await().until(() -> dispatcher.offers().awaitDemand() > 0);
    }

    // Not at the next time that somebody asks.
    @Test
    void whoWaitsForDemandIsToldWhenASlotIsFree() throws InterruptedException {
        gate.countDown();
        // Longer than it takes to notice that it has begun.
        handlingMillis.set(150);
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        int told = 0;
        for (int i = 1; i <= 5; i++) {
            int call = i;
            dispatcher.offers().add(claim(1));
            Awaitility.await().until(() -> calls.get() == call);
            // Nothing ahead before it has ended.
            dispatcher.offers().forgetTimes();
            if (dispatcher.offers().awaitDemand() > 0) {
                told++;
                dispatcher.offers().leaveRoom();
            }
            assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);
        }

        assertThat(told).isPositive();
    }

    // There is no use in claiming faster than it settles.
    @Test
    void theWaitForSettlingCountsAsTimeOfTheCall() throws InterruptedException {
        gate.countDown();
        fillsSettling.set(true);
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        dispatcher.offers().add(claim(2));
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);
        Thread.sleep(Duration.ofMillis(2_500));
        fillsSettling.set(false);
        settlingIsFull.set(false);
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Complete.class);

        Awaitility.await().until(() -> calls.get() == 2 && dispatcher.offers().awaitDemand() == 1);
    }

    // Each part of a batch that is halved has its own time; the slot is taken for as long as all of them together.
    @Test
    void aCallThatIsNoLongerYoungIsLeftOutWhateverPartOfItsBatchItIsAt() throws InterruptedException {
        HandlerSlots calls = calls(Thread::startVirtualThread);
        var asked = new CountDownLatch(1);
        assertThat(calls.use(Duration.ofHours(1))).isEqualTo(new HandlerSlots.Use(1, 1, 0));
        assertThat(calls.acquire()).isTrue();
        InFlightClaim claim = claim(1);
        calls.start(
                () -> claim.next(true),
                call -> {
                    sleep(50);
                    call.restart();
                    asked.countDown();
                    await(gate);
                },
                () -> {});
        asked.await();

        assertThat(calls.use(Duration.ofMillis(50))).isEqualTo(new HandlerSlots.Use(0, 0, 0));
        HandlerSlots.Use young = calls.use(Duration.ofHours(1));
        assertThat(young.free()).isZero();
        assertThat(young.moving()).isEqualTo(1);
        assertThat(young.youngNanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void nothingIsWantedWhileASuspectIsAlone() throws InterruptedException {
        Dispatcher dispatcher = dispatcher(Thread::startVirtualThread);
        assertThat(isolation.enterAlone(() -> true)).isTrue();
        assertThat(dispatcher.offers().awaitDemand()).isZero();

        isolation.leaveAlone(true);
        assertThat(dispatcher.offers().awaitDemand()).isPositive();
    }

    private static boolean isIn(Thread thread, Class<?> type, String method) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(it -> it.getClassName().equals(type.getName())
                        && it.getMethodName().equals(method));
    }

    @Test
    void aSuspectThatIsInterruptedBeforeItIsIsolatedIsReleased() throws InterruptedException {
        HandlerSlots calls = calls(Thread::startVirtualThread);
        assertThat(isolation.enter(Duration.ofMinutes(1))).isTrue();
        InFlight inFlight = inFlight();
        InFlightClaim suspect = claim(1);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> new SuspectRunner(inFlight, calls, isolation, invoker())
                        .run(suspect, it -> true, () -> true, () -> {}));

        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Release.class);
        isolation.leave();
        assertThat(isolation.enter(Duration.ofMinutes(1)))
                .as("the suspect has left")
                .isTrue();
    }

    // To read it may be what ends the process.
    @Test
    void aSuspectThatIsCancelledIsNeitherReadNorRun() throws InterruptedException {
        HandlerInvoker<Numbered, Integer> invoker = invoker();
        InFlightClaim suspect = claim(1);
        invoker.cancelling(Map.of(1L, Actor.named("ada")), System.nanoTime());
        var read = new AtomicBoolean();

        new SuspectRunner(inFlight(), calls(Thread::startVirtualThread), isolation, invoker)
                .run(suspect, it -> read.compareAndSet(false, true), () -> true, () -> {});

        assertThat(read).isFalse();
        assertThat(decided(1)).hasOnlyElementsOfType(Settlement.Release.class);
    }

    @Test
    void aSuspectDoesNotWaitForASlotThatIsStuck() throws InterruptedException {
        HandlerSlots calls = calls(Thread::startVirtualThread);
        assertThat(calls.acquire()).isTrue();
        InFlightClaim stuck = claim(1);
        calls.start(() -> stuck.next(true), call -> await(gate), () -> {});
        Awaitility.await().until(() -> calls.running().size() == 1);
        calls.running().forEach(HandlerCall::giveUp);

        assertThat(isolation.enterAlone(() -> true)).isTrue();
        assertThat(calls.startAlone(claim(1).works(), call -> {})).isFalse();
    }

    // Counted as gone twice, it would let a suspect run beside another call.
    @Test
    void whoIsGivenUpLeavesOnceHoweverItEnds() throws InterruptedException {
        HandlerSlots calls = calls(task -> Thread.startVirtualThread(() -> {
            try {
                task.run();
            } catch (IllegalStateException e) {
                // The thread's end, as of an error that nobody handles.
            }
        }));
        var ended = new CountDownLatch(1);
        InFlightClaim stuck = claim(1);
        assertThat(calls.acquire()).isTrue();
        calls.start(
                () -> stuck.next(true),
                call -> {
                    call.giveUp();
                    throw new IllegalStateException("broken");
                },
                ended::countDown);
        ended.await();

        assertThat(isolation.enter(Duration.ofMinutes(1))).isTrue();
        var asked = new AtomicInteger();
        assertThat(isolation.enterAlone(() -> asked.getAndIncrement() == 0)).isFalse();
    }

    private HandlerSlots calls(HandlingThreads threads) {
        return new HandlerSlots(
                1,
                isolation,
                ConnectionShare.of(new HikariDataSource(), 1, 2),
                getClass().getClassLoader(),
                threads,
                new HangLog(FLOW));
    }

    private Dispatcher dispatcher(HandlingThreads threads) {
        HandlerSlots slots = calls(threads);
        Duration ahead = Duration.ofSeconds(1);
        var demand = new Demand(() -> slots.use(ahead), slots.slots(), ahead, 500, false);
        var dispatcher =
                new Dispatcher(slots, invoker(), settlingIsFull::get, new Offers(demand, false, ahead, clock::get));
        dispatching = new Loops().of(Role.vital("dispatch", "Hand-outs"), dispatcher);
        dispatching.start();
        return dispatcher;
    }

    private HandlerInvoker<Numbered, Integer> invoker() {
        JsonMapper json = JsonMapper.shared();
        var sources = new CircuitBreakers().of(FLOW, List.of());
        var failures = new FailureClassifier(new StaticListableBeanFactory().getBeanProvider(FailureRule.class));
        return new HandlerInvoker<>(
                flow, new OutcomeTranslator<>(flow, failures, sources, json, ClaimedRecords.fails(flow)), settled::add);
    }

    private InFlight inFlight() {
        return TestInFlight.of(QueueParts.over(new HikariDataSource()), flow, new SimpleMeterRegistry());
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private InFlightClaim claim(int records) {
        List<ClaimedRecord> claimed = LongStream.rangeClosed(1, records)
                .mapToObj(
                        id -> new ClaimedRecord(id, null, "{\"n\": 1}", 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO))
                .toList();
        return new InFlightClaim(new Claim(UUID.randomUUID(), FLOW, claimed), lease, ClaimPermit.BATCHES);
    }

    private List<Settlement<Numbered, Integer>> decided(int records) throws InterruptedException {
        var decided = new ArrayList<Settlement<Numbered, Integer>>();
        while (decided.size() < records) {
            decided.add(settled.take());
        }
        return decided;
    }
}
