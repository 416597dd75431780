package io.rpaworker.worker.settling;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.failure.FailureTexts;
import io.rpaworker.failure.FailureTextsTests;
import io.rpaworker.failure.Redactions;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.LoggedEvents;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.TimeAndChance;
import io.rpaworker.worker.settling.FailedAttempts.Attempt;
import io.rpaworker.worker.settling.Settlement.Fail;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class RepeatedFailuresTests {

    /** Never called. */
    private static final class Idle implements RecordHandler<String, String> {

        @Override
        public String flow() {
            return "f";
        }

        @Override
        public Outcome<String> handle(WorkRecord<String> record) {
            return Outcome.completed("never");
        }
    }

    private final AtomicLong clock = new AtomicLong(-1);
    private final FailedAttempts<String, String> fails = new FailedAttempts<>(
            TestFlows.of(new Idle(), String.class),
            new Redactions(new StaticListableBeanFactory().getBeanProvider(Redaction.class)),
            new TimeAndChance(clock::get, UUID::randomUUID, ThreadLocalRandom::current));
    private long lastId;

    @RegisterExtension
    private final LoggedEvents log = LoggedEvents.of(RepeatedFailures.class, Level.DEBUG);

    @Test
    void tellsTheFirstOfItsCauseWithItsStackTraceAndCountsTheOthers() {
        fail(new IllegalStateException("Ada Lovelace"));
        fail(new IllegalStateException("Ada Lovelace"));
        fail(new IllegalStateException("Ada Lovelace"));

        assertThat(log.messages()).hasSize(1);
        assertThat(log.messages().getFirst())
                .startsWith("Record 1 of flow f fails at attempt 1 of 3 (kind error) and is tried again in ")
                .doesNotContain("Ada");
        var trace = log.all().getFirst().getThrowableProxy();
        assertThat(trace.getMessage()).isEqualTo("java.lang.IllegalStateException");
        assertThat(trace.getStackTraceElementProxyArray()[0].toString()).contains("RepeatedFailuresTests");
        assertThat(log.all().getFirst().getLevel()).isEqualTo(Level.WARN);

        clock.addAndGet(Duration.ofMinutes(10).toNanos() - 1);
        fails.tellWhatIsOver();
        assertThat(log.messages()).hasSize(1);
        clock.incrementAndGet();
        fails.tellWhatIsOver();
        assertThat(log.messages())
                .hasSize(2)
                .last()
                .isEqualTo("2 more failures of flow f like that of record 1 in the last 10 min");

        fail(new IllegalStateException("Ada Lovelace"));
        assertThat(log.messages()).hasSize(3).last().asString().startsWith("Record 4 of flow f fails");
    }

    @Test
    void aStopTellsWhatHasBeenCountedSoFar() {
        fail(new IllegalStateException("x"));
        fail(new IllegalArgumentException("x"));
        fail(new IllegalArgumentException("x"));

        clock.addAndGet(Duration.ofSeconds(7).toNanos());
        fails.tellAll();
        fails.tellAll();

        assertThat(log.messages())
                .hasSize(3)
                .last()
                .isEqualTo("1 more failures of flow f like that of record 2 in the last 7 s");
    }

    @Test
    void aReasonIsNotRepeatedAndHasNoStackTrace() {
        told(fails.reject(attempt(FailureKind.REJECTED, "Ada Lovelace is no customer", null)));
        told(fails.reject(
                attempt(FailureKind.PAYLOAD, "no int: Ada", new InvalidPayloadException("no int: Ada", null))));

        assertThat(log.messages())
                .hasSize(2)
                .allSatisfy(it -> assertThat(it).contains("is a dead letter").doesNotContain("Ada"));
        assertThat(log.all()).allMatch(it -> it.getThrowableProxy() == null);
    }

    @Test
    void timeoutsAreOnlyCounted() {
        for (int i = 0; i < 3; i++) {
            told(fails.retry(attempt(FailureKind.TIMEOUT, "took long", null), null));
        }
        fails.tellAll();

        assertThat(log.messages()).containsExactly("2 more failures of flow f like that of record 1 in the last 0 s");
    }

    @Test
    void aHandlerThatFailsInAnotherWayEachTimeIsToldOfTwoHundredTimesAndOnce() {
        for (int i = 0; i < 1_000; i++) {
            told(fails.reject(attempt(FailureKind.REJECTED, "x".repeat(i + 1), null)));
        }
        fails.tellAll();

        assertThat(log.messages()).hasSize(202);
        assertThat(log.messages().get(200))
                .isEqualTo(
                        "Records of flow f fail in more than 200 ways: from record 201 on, other ways are only counted"
                                + " for 10 min");
        assertThat(log.messages().getLast())
                .isEqualTo("799 more failures of flow f like that of record 201 in the last 0 s");
    }

    @Test
    void survivesWhateverAnExceptionDoes() {
        fail(new FailureTextsTests.Broken());
        var circle = new IllegalStateException("one");
        circle.initCause(new IllegalArgumentException("x".repeat(10_000_000), circle));
        fail(circle);
        fail(overflowed());
        var madeUp = new IllegalStateException();
        madeUp.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("a\nb", "c", "d", 1), new StackTraceElement("good", "c", "d", 1)
        });
        fail(madeUp);

        assertThat(log.messages()).hasSize(4);
        assertThat(log.all().get(2).getThrowableProxy().getStackTraceElementProxyArray())
                .hasSizeLessThanOrEqualTo(50);
        assertThat(log.all().getLast().getThrowableProxy().getStackTraceElementProxyArray())
                .hasSize(1);
        assertThat(log.all())
                .noneMatch(it ->
                        String.valueOf(it.getThrowableProxy().getMessage()).length() > 100);
    }

    private static StackOverflowError overflowed() {
        var overflow = new StackOverflowError("Ada");
        var frames = new StackTraceElement[10_000];
        Arrays.fill(frames, new StackTraceElement("acme.Deep", "deeper", "Deep.java", 7));
        overflow.setStackTrace(frames);
        return overflow;
    }

    private void fail(Throwable failure) {
        told(fails.retry(attempt(FailureKind.ERROR, FailureTexts.reason(failure), failure), null));
    }

    private void told(Fail<String, String> fail) {
        fails.failed(fail);
    }

    private Attempt attempt(FailureKind kind, String reason, @Nullable Throwable failure) {
        var record = new ClaimedRecord(++lastId, null, "{}", 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO);
        var claim = new InFlightClaim(
                new Claim(UUID.randomUUID(), "f", List.of(record)),
                new Lease(new WorkerInstance("a", "a", "1"), Duration.ofDays(1), System::nanoTime, System.nanoTime()),
                ClaimPermit.BATCHES);
        return new Attempt(claim.works().getFirst(), 0, kind, reason, failure);
    }
}
