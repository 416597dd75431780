package io.rpaworker.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rpaworker.breaker.ClaimPermit.Extent;
import io.rpaworker.failure.FailureTextsTests;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.SourceUnavailableException;
import io.rpaworker.testing.LoggedEvents;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CircuitBreakerTests {

    private final AtomicInteger probes = new AtomicInteger();
    private volatile boolean up = true;

    private final AtomicLong clock = new AtomicLong();

    private final CircuitBreaker breaker = new CircuitBreaker(
            new Source("hub", () -> {
                probes.incrementAndGet();
                if (!up) {
                    throw new ConnectException("refused");
                }
            }),
            clock::get);

    @RegisterExtension
    private final LoggedEvents log = LoggedEvents.of(CircuitBreaker.class, Level.INFO);

    @Test
    void letsBatchesThroughOnceTheSourceHasAnswered() {
        assertThat(breaker.reason()).isEqualTo("not asked yet");

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.BATCHES);
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.BATCHES);

        assertThat(breaker.reason()).isNull();
        assertThat(probes).hasValue(1);
    }

    @Test
    void anInterruptThatAProbeLeavesIsNotItsCallers() {
        var interrupting = new CircuitBreaker(
                new Source("hub", () -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedException();
                }),
                clock::get);

        assertThat(interrupting.ask()).isEqualTo(ClaimPermit.NOTHING);

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void letsNothingThroughWhileTheSourceIsDownFromTheStart() {
        up = false;

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);

        assertThat(breaker.reason()).contains("ConnectException");
        assertThat(probes).hasValue(1);
        up = true;
        assertThat(next()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void aSourceThatWasNeverAwayIsNotSaidToBeBack() {
        breaker.ask();

        assertThat(log.messages()).isEmpty();
    }

    @Test
    void aSourceThatWasAwayIsSaidToBeBackOnce() {
        up = false;
        breaker.ask();
        up = true;
        next();
        breaker.answered();

        assertThat(log.messages())
                .containsExactly("Source hub does not answer: java.net.ConnectException", "Source hub answers again");
    }

    // Health shows it to anybody: of a message that was not written for that, nothing.
    @Test
    void whyASourceDoesNotAnswerIsSaidInItsAuthorsWordsOrByTheExceptionsClass() {
        var thrown = new AtomicReference<RuntimeException>(new SourceUnavailableException("The CRM has no licence"));
        var other = new CircuitBreaker(
                new Source("crm", () -> {
                    throw thrown.get();
                }),
                clock::get);

        other.ask();
        assertThat(other.reason()).isEqualTo("The CRM has no licence");

        thrown.set(new IllegalStateException("password x", new IllegalArgumentException("password x")));
        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        other.ask();
        assertThat(other.reason())
                .isEqualTo("java.lang.IllegalStateException, caused by java.lang.IllegalArgumentException");

        thrown.set(new FailureTextsTests.Broken());
        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        other.ask();
        assertThat(other.reason()).isEqualTo(FailureTextsTests.Broken.class.getName());
    }

    @Test
    void triesOneRecordBeforeItLetsBatchesThroughAgain() {
        breaker.ask();
        breaker.trip("read timed out");

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(breaker.reason()).isEqualTo("read timed out");

        assertThat(next().extent()).isEqualTo(Extent.ONE_RECORD);
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        breaker.answered();
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void aFailedTrialShutsItAgain() {
        breaker.ask();
        breaker.trip("first");
        assertThat(next().extent()).isEqualTo(Extent.ONE_RECORD);

        breaker.trip("second");

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(breaker.reason()).isEqualTo("second");
    }

    @Test
    void whileARecordTriesTheSourceNothingElseIsLetThrough() {
        breaker.ask();
        breaker.trip("first");
        ClaimPermit trial = next();

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        advance(Duration.ofSeconds(59));
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(breaker.isAwaited()).isTrue();

        trial.trials().getFirst().answered();
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void aTrialThatTakesLongIsNotTheLast() {
        breaker.ask();
        breaker.trip("first");
        ClaimPermit slow = next();
        advance(Duration.ofMinutes(1));

        ClaimPermit second = breaker.ask();

        assertThat(second.extent()).isEqualTo(Extent.ONE_RECORD);
        slow.end();
        assertThat(breaker.ask()).as("the second is under way").isEqualTo(ClaimPermit.NOTHING);
        second.end();
        assertThat(breaker.ask().extent()).isEqualTo(Extent.ONE_RECORD);
    }

    @Test
    void aTrialThatEndsWithoutAWordIsFollowedByAnotherAtOnce() {
        breaker.ask();
        breaker.trip("first");

        next().end();

        assertThat(breaker.ask().extent()).isEqualTo(Extent.ONE_RECORD);
    }

    @Test
    void aTrialThatWasAnsweredIsOver() {
        breaker.ask();
        breaker.trip("first");
        ClaimPermit trial = next();
        trial.trials().getFirst().answered();

        trial.end();

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void aTrialThatFailedStaysFailedWhateverItSaysLater() {
        breaker.ask();
        breaker.trip("first");
        ClaimPermit trial = next();
        breaker.trip("second");

        trial.trials().getFirst().answered();
        trial.end();

        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(breaker.reason()).isEqualTo("second");
    }

    @Test
    void nothingIsWrongWithASourceWhoseProbeSucceedsOnceThereWasNoRecordToTryForAWhile() {
        breaker.ask();
        breaker.trip("first");

        next().end();

        assertThat(breaker.isAwaited()).isFalse();
        assertThat(breaker.reason()).as("the record that met it is not due yet").isEqualTo("first");
        advance(Duration.ofSeconds(5));
        assertThat(breaker.reason()).isNull();
        up = false;
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(breaker.reason()).contains("ConnectException");
    }

    // Sixteen records that meet one outage are one failure: the next probe is due in a quarter of a second, not in
    // five.
    @Test
    void recordsThatFailTogetherDoNotAddUp() {
        breaker.ask();
        for (int i = 0; i < 16; i++) {
            breaker.trip("outage");
        }

        advance(Duration.ofMillis(249));
        assertThat(breaker.ask()).isEqualTo(ClaimPermit.NOTHING);
        advance(Duration.ofMillis(1));
        assertThat(breaker.ask().extent()).isEqualTo(Extent.ONE_RECORD);
    }

    @Test
    void aProbeThatThrowsAnErrorIsNotTheLast() {
        var broken = new AtomicInteger();
        var dropped = new CircuitBreaker(
                new Source("dropped", () -> {
                    if (broken.incrementAndGet() == 1) {
                        throw new NoClassDefFoundError("com/example/Gone");
                    }
                }),
                clock::get);

        assertThat(dropped.ask()).isEqualTo(ClaimPermit.NOTHING);
        assertThat(dropped.reason()).contains("com/example/Gone");

        advance(Duration.ofSeconds(5));
        assertThat(dropped.ask()).isEqualTo(ClaimPermit.BATCHES);
    }

    @Test
    void onlyOneProbesAtATime() throws InterruptedException {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        var slow = new CircuitBreaker(
                new Source("slow", () -> {
                    asked.countDown();
                    answer.await();
                }),
                System::nanoTime);
        var first = CompletableFuture.supplyAsync(slow::ask);
        asked.await();

        assertThat(slow.ask()).isEqualTo(ClaimPermit.NOTHING);

        answer.countDown();
        assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(ClaimPermit.BATCHES);
    }

    // A probe may take a minute to fail, and the source may have answered to others meanwhile.
    @Test
    void aProbeThatFailsLateDoesNotReopenWhatHasAnsweredSince() throws InterruptedException {
        var asked = new CountDownLatch(1);
        var fail = new CountDownLatch(1);
        var slow = new AtomicBoolean();
        var flaky = new CircuitBreaker(
                new Source("flaky", () -> {
                    if (slow.getAndSet(false)) {
                        asked.countDown();
                        fail.await();
                        throw new ConnectException();
                    }
                }),
                clock::get);
        assertThat(flaky.ask()).isEqualTo(ClaimPermit.BATCHES);
        slow.set(true);
        var late = CompletableFuture.supplyAsync(flaky::answers);
        asked.await();
        flaky.trip("refused");
        advance(Duration.ofSeconds(5));
        flaky.ask().trials().getFirst().answered();

        fail.countDown();

        assertThat(late).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(false);
        assertThat(flaky.ask()).isEqualTo(ClaimPermit.BATCHES);
        assertThat(flaky.reason()).isNull();
        assertThat(log.messages()).doesNotContain("Source flaky does not answer: java.net.ConnectException");
    }

    private void advance(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private ClaimPermit next() {
        advance(Duration.ofSeconds(5));
        return breaker.ask();
    }
}
