package io.rpaworker.worker.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.breaker.CircuitBreakers;
import io.rpaworker.breaker.ClaimPermit.Extent;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.Source;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.testing.Numbers;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.handling.IsolatedSuspect;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.TestInFlight;
import io.rpaworker.worker.settling.SettlingStage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Polls by hand; the application lends its lease and its queue. */
class PollerTests {

    private static final String FLOW = "trying";
    private static final int MOST = 16;
    private static final Flow<Numbered, Integer> TRYING = TestFlows.of(Numbers.of(FLOW), Numbered.class);

    private final RpaDb db = Postgres.migrated();
    // Connections are shared out among the flows that are enabled, so there is to be one.
    private final TestWorker worker =
            TestWorker.on(db).flow("another").bean(Numbers.of("another")).start();
    private final AtomicLong clock = new AtomicLong();
    private final FlowBreakers hub = new CircuitBreakers(clock::get).of(FLOW, List.of(new Source("hub", () -> {})));
    private SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final InFlight inFlight = TestInFlight.of(
            QueueParts.over(worker.bean(DataSource.class)), TestFlows.of(Numbers.of(FLOW), Numbered.class), meters);
    private final Poller poller = poller();

    @BeforeEach
    void theSourceHasBeenAwayAndItsProbeIsDue() {
        worker.until(() -> worker.bean(Heartbeat.class).lease().isPresent());
        hub.ask();
        hub.trip("away");
        clock.addAndGet(Duration.ofSeconds(5).toNanos());
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    @Test
    void oneRecordIsClaimedUntilItHasBeenHandled() {
        db.insertPending(FLOW, 3);
        InFlightClaim trial = poller.pollOnce(MOST).orElseThrow().claim();
        assertThat(trial.works()).hasSize(1);

        for (int i = 0; i < 5; i++) {
            clock.addAndGet(Duration.ofSeconds(5).toNanos());
            assertThat(poller.pollOnce(MOST)).isEmpty();
            assertThat(poller.hasAsked()).as("of PostgreSQL").isFalse();
        }
        assertThat(db.count(FLOW, "processing")).isEqualTo(1);

        hub.answered(trial.permit());
        assertThat(poller.pollOnce(MOST).orElseThrow().claim().works()).hasSize(2);
        assertThat(poller.hasAsked()).isTrue();
    }

    @Test
    void aTrialThatIsSettledWithoutAWordAboutTheSourceIsFollowedByAnother() {
        db.insertPending(FLOW, 3);
        InFlightClaim trial = poller.pollOnce(MOST).orElseThrow().claim();
        inFlight.claims().begin(trial);

        inFlight.claims().settled(trial, 1);

        assertThat(poller.pollOnce(MOST).orElseThrow().claim().works()).hasSize(1);
    }

    @Test
    void aFlowWithoutRecordsLeavesTheTrialToOthers() {
        assertThat(poller.pollOnce(MOST)).isEmpty();

        assertThat(hub.ask().extent()).isEqualTo(Extent.ONE_RECORD);
    }

    @Test
    void aClaimThatFailsLeavesTheTrialToOthers() {
        db.jdbc().sql("alter table processing_queue rename to elsewhere").update();

        assertThatException().isThrownBy(() -> poller.pollOnce(MOST));

        assertThat(hub.ask().extent()).isEqualTo(Extent.ONE_RECORD);
    }

    @Test
    void pausesForLongOnlyOnceNothingButRecordsIsWaitedFor() {
        assertThat(poller.pause(true)).isEqualTo(Duration.ofSeconds(1));

        assertThat(poller.pollOnce(MOST)).isEmpty();

        assertThat(poller.pause(true)).isEqualTo(Duration.ofSeconds(60));
    }

    // While records keep coming, a suspect would wait for ever behind them.
    @Test
    void aRecordThatEndsAPauseComesBeforeASuspectAndTheNextOnesAfterIt() {
        hub.answered(hub.ask());
        db.insertPending(FLOW, 20);
        db.jdbc()
                .sql("update processing_queue set crash_count = 2 where id = (select max(id) from processing_queue)")
                .update();

        assertThat(poller.pollOnce(1).orElseThrow().suspect()).isFalse();
        assertThat(poller.pollOnce(1).orElseThrow().suspect()).isTrue();
        assertThat(poller.pollOnce(1).orElseThrow().suspect()).isFalse();
        assertThat(meters.get("rpa.record.wait").tag("flow", FLOW).timer().count())
                .as("a suspect has waited as well")
                .isEqualTo(3);
    }

    // A slow claim makes the next one start at the watermark; records that are added together differ by their ids
    // alone.
    @Test
    void whatStandsBeforeTheLastClaimedRecordIsPassedOver() {
        hub.answered(hub.ask());
        db.insertPending(FLOW, 20);
        db.jdbc().sql("""
                create function dawdle() returns trigger language plpgsql as $$
                begin
                    perform pg_sleep(0.02);
                    return new;
                end $$;
                create trigger dawdle before update on processing_queue
                    for each row when (new.status = 'processing') execute function dawdle();
                """).update();
        assertThat(poller.pollOnce(MOST).orElseThrow().claim().works()).hasSize(16);
        db.jdbc()
                .sql("update processing_queue set status = 'pending', claimed_at = null, claim_id = null where id = 1")
                .update();

        assertThat(poller.pollOnce(MOST).orElseThrow().claim().works())
                .extracting(it -> it.record().id())
                .containsExactly(17L, 18L, 19L, 20L);
    }

    @Test
    void theSizeOfWhatWasClaimedBoundsTheNextClaim() {
        hub.answered(hub.ask());
        db.insertPending(FLOW, 1);
        db.jdbc()
                .sql("update processing_queue set payload = jsonb_build_object('n', 1, 'text', repeat('x', 8000000))")
                .update();

        assertThat(poller.pollOnce(MOST)).isPresent();
        db.insertPending(FLOW, 10);

        assertThat(poller.pollOnce(MOST).orElseThrow().claim().works()).hasSize(3);
    }

    @Test
    void aReadingFromTheVeryStartThatFailedIsDoneAgain() {
        hub.answered(hub.ask());
        // The first one is slow, and so would be the next to come.
        for (int i = 0; i < 2; i++) {
            db.insertPending(FLOW, 3);
            assertThat(poller.pollOnce(MOST)).isPresent();
            pause();
        }
        db.jdbc().sql("alter table processing_claim rename to elsewhere").update();
        assertThatException().isThrownBy(() -> poller.pollOnce(MOST));
        db.jdbc().sql("alter table elsewhere rename to processing_claim").update();
        db.insertPending(FLOW, 1);
        db.jdbc()
                .sql("update processing_queue set available_at = '2020-01-01' where id = 7")
                .update();

        assertThat(poller.pollOnce(MOST).orElseThrow().claim().works())
                .extracting(it -> it.record().id())
                .contains(7L);
    }

    // Longer than it takes until the next one reads from the very start.
    private static void pause() {
        try {
            Thread.sleep(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsClaimedIsReleasedIfSomethingElseFails() {
        hub.answered(hub.ask());
        db.insertPending(FLOW, 3);
        meters = new SimpleMeterRegistry() {
            @Override
            protected Timer newTimer(
                    Meter.Id id, DistributionStatisticConfig configuration, PauseDetector pauseDetector) {
                return new NoopTimer(id) {
                    @Override
                    public void record(long amount, TimeUnit unit) {
                        throw new IllegalStateException("broken");
                    }
                };
            }
        };

        assertThatException().isThrownBy(() -> poller().pollOnce(MOST)).withMessage("broken");
        inFlight.cleanup().tell();

        assertThat(db.count(FLOW, "pending")).isEqualTo(3);
    }

    // A suspect that runs alone lets nothing begin, so that nothing is claimed; as calls that keep all slots do.
    @Test
    void whatIsToBeReleasedIsReleasedWhileNothingIsToBeClaimed() throws InterruptedException {
        hub.answered(hub.ask());
        db.insertPending(FLOW, 3);
        InFlightClaim claim = poller.pollOnce(MOST).orElseThrow().claim();
        inFlight.claims()
                .abandoned(
                        claim,
                        claim.works().stream().map(it -> it.record().id()).toList());

        try (var suspect = new IsolatedSuspect(worker)) {
            assertThat(suspect).isNotNull();
            var loop = loop();
            for (int i = 0; i < 40 && db.count(FLOW, "pending") == 0; i++) {
                loop.comeRound();
            }

            assertThat(db.count(FLOW, "pending")).isEqualTo(3);
        }
    }

    private PollLoop loop() {
        return new PollLoop(poller, suspects(inFlight), handling(inFlight), inFlight);
    }

    private Poller poller() {
        InFlight held = TestInFlight.measuredBy(meters, inFlight);
        return new Poller(
                TRYING, worker.bean(LimitedClaims.class), suspects(held), worker.bean(Heartbeat.class), hub, held);
    }

    private SuspectClaims suspects(InFlight held) {
        return new SuspectClaims(
                TRYING,
                worker.bean(ClaimJournal.class),
                worker.bean(LimitedClaims.class),
                held,
                handling(held)::isOpenToSuspects);
    }

    private HandlingStage handling(InFlight held) {
        var settling = worker.bean(SettlingStage.Factory.class).of(TRYING, hub, held);
        return worker.bean(HandlingStage.Factory.class).of(TRYING, hub, held, settling);
    }
}
