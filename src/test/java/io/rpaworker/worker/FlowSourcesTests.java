package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Source;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.worker.Permit.Extent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two flows, and the sources that they share. */
class FlowSourcesTests {

    private final Set<String> down = ConcurrentHashMap.newKeySet();
    private final AtomicLong clock = new AtomicLong();
    private final Breaker hub = breaker("hub");
    private final Breaker catalogue = breaker("catalogue");
    private final FlowSources surveys = new FlowSources(List.of(hub), breaker("rpaDb:surveys"));
    private final FlowSources orders = new FlowSources(List.of(hub, catalogue), breaker("rpaDb:orders"));

    @BeforeEach
    void allIsWell() {
        assertThat(surveys.ask()).isEqualTo(Permit.BATCHES);
        assertThat(orders.ask()).isEqualTo(Permit.BATCHES);
    }

    @Test
    void oneRecordOfOneFlowTriesASharedSource() {
        hub.trip("away");
        advance();
        Permit trial = surveys.ask();
        assertThat(trial.extent()).isEqualTo(Extent.ONE_RECORD);

        assertThat(orders.ask()).isEqualTo(Permit.NOTHING);
        assertThat(surveys.ask()).isEqualTo(Permit.NOTHING);
        assertThat(orders.ask()).as("nobody's asking ends the trial").isEqualTo(Permit.NOTHING);

        surveys.answered(trial);
        assertThat(orders.ask()).isEqualTo(Permit.BATCHES);
        assertThat(surveys.ask()).isEqualTo(Permit.BATCHES);
    }

    @Test
    void aFlowThatHasToWaitForAnotherSourceLeavesTheTrialToOthers() {
        hub.trip("away");
        catalogue.trip("away");
        down.add("catalogue");
        advance();

        assertThat(orders.ask()).isEqualTo(Permit.NOTHING);

        assertThat(surveys.ask().extent()).isEqualTo(Extent.ONE_RECORD);
        assertThat(catalogue.reason()).contains("catalogue is closed");
    }

    @Test
    void aRecordTriesAllSourcesThatAreToBeTried() {
        hub.trip("away");
        catalogue.trip("away");
        advance();

        Permit trial = orders.ask();
        orders.answered(trial);

        assertThat(trial.trials()).hasSize(2);
        assertThat(orders.ask()).isEqualTo(Permit.BATCHES);
    }

    @Test
    void theOneOfSeveralSourcesThatDoesNotAnswerIsWaitedFor() {
        down.add("catalogue");

        orders.trip("read timed out");

        assertThat(hub.reason()).isNull();
        assertThat(surveys.ask()).isEqualTo(Permit.BATCHES);
        assertThat(orders.ask()).isEqualTo(Permit.NOTHING);
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

        assertThat(orders.ask()).isEqualTo(Permit.NOTHING);
        assertThat(surveys.ask()).isEqualTo(Permit.NOTHING);
    }

    @Test
    void whatCannotBeWrittenIsItsOwnFlowsAffair() {
        orders.notWritten("no such table");

        assertThat(surveys.ask()).isEqualTo(Permit.BATCHES);
        assertThat(orders.ask()).isEqualTo(Permit.NOTHING);
        assertThat(hub.reason()).isNull();
    }

    @Test
    void handlingARecordDoesNotSayThatItCanBeWritten() {
        orders.notWritten("no such table");
        advance();
        Permit trial = orders.ask();
        assertThat(trial.extent()).isEqualTo(Extent.ONE_RECORD);

        orders.answered(trial);
        assertThat(orders.ask()).isEqualTo(Permit.NOTHING);

        orders.written();
        assertThat(orders.ask()).isEqualTo(Permit.BATCHES);
    }

    private Breaker breaker(String name) {
        return new Breaker(
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
