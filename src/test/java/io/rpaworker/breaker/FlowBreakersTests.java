package io.rpaworker.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.ClaimPermit.Extent;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.SourceUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two flows, and the sources that they share. */
class FlowBreakersTests {

    private final Set<String> down = ConcurrentHashMap.newKeySet();
    private final AtomicLong clock = new AtomicLong();
    private final CircuitBreaker hub = breaker("hub");
    private final CircuitBreaker catalogue = breaker("catalogue");
    private final FlowBreakers surveys = new FlowBreakers(List.of(hub), breaker("rpaDb:surveys"));
    private final FlowBreakers orders = new FlowBreakers(List.of(hub, catalogue), breaker("rpaDb:orders"));

    @BeforeEach
    void allIsWell() {
        assertThat(surveys.ask()).isEqualTo(ClaimPermit.BATCHES);
        assertThat(orders.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void oneRecordOfOneFlowTriesASharedSource() {
        hub.trip("away");
        advance();
        ClaimPermit trial = surveys.ask();
        assertThat(trial.extent()).isEqualTo(Extent.ONE_RECORD);

        assertThat(orders.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(surveys.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(orders.ask()).as("nobody's asking ends the trial").isEqualTo(ClaimPermit.NOTHING);

        surveys.answered(trial);
        assertThat(orders.ask()).isEqualTo(ClaimPermit.BATCHES);
        assertThat(surveys.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void aFlowThatHasToWaitForAnotherSourceLeavesTheTrialToOthers() {
        hub.trip("away");
        catalogue.trip("away");
        down.add("catalogue");
        advance();

        assertThat(orders.ask()).isEqualTo(ClaimPermit.NOTHING);

        assertThat(surveys.ask().extent()).isEqualTo(Extent.ONE_RECORD);
        assertThat(catalogue.reason()).contains("catalogue is closed");
    }

    @Test
    void aRecordTriesAllSourcesThatAreToBeTried() {
        hub.trip("away");
        catalogue.trip("away");
        advance();

        ClaimPermit trial = orders.ask();
        orders.answered(trial);

        assertThat(trial.trials()).hasSize(2);
        assertThat(orders.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void theOneOfSeveralSourcesThatDoesNotAnswerIsWaitedFor() {
        down.add("catalogue");

        orders.trip("read timed out");

        assertThat(hub.reason()).isNull();
        assertThat(surveys.ask()).isEqualTo(ClaimPermit.BATCHES);
        assertThat(orders.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(catalogue.reason()).isEqualTo("read timed out");
    }

    @Test
    void recordsThatMeetASourceWhichIsKnownNotToAnswerAskNoOther() {
        hub.trip("away");
        down.add("catalogue");

        orders.trip("read timed out");

        assertThat(catalogue.reason()).isNull();
        assertThat(hub.reason()).isEqualTo("read timed out");
    }

    @Test
    void aRecordIsBelievedIfAllSourcesSayThatTheyAnswer() {
        orders.trip("quota exceeded");

        assertThat(orders.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(surveys.ask()).isEqualTo(ClaimPermit.NOTHING);
    }

    @Test
    void whatCannotBeWrittenIsItsOwnFlowsAffair() {
        orders.notWritten("no such table");

        assertThat(surveys.ask()).isEqualTo(ClaimPermit.BATCHES);
        assertThat(orders.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(hub.reason()).isNull();
    }

    @Test
    void handlingARecordDoesNotSayThatItCanBeWritten() {
        orders.notWritten("no such table");
        advance();
        ClaimPermit trial = orders.ask();
        assertThat(trial.extent()).isEqualTo(Extent.ONE_RECORD);

        orders.answered(trial);
        assertThat(orders.ask()).isEqualTo(ClaimPermit.NOTHING);

        orders.written();
        assertThat(orders.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    private CircuitBreaker breaker(String name) {
        return new CircuitBreaker(
                new Source(name, () -> {
                    if (down.contains(name)) {
                        throw new SourceUnavailableException(name + " is closed");
                    }
                }),
                clock::get);
    }

    private void advance() {
        clock.addAndGet(Duration.ofSeconds(5).toNanos());
    }
}
