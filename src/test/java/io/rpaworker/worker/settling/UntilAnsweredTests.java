package io.rpaworker.worker.settling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.lease.Lease;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class UntilAnsweredTests {

    private final AtomicLong clock = new AtomicLong();
    private final Lease lease =
            new Lease(new WorkerInstance("a", "a", "1"), Duration.ofMinutes(1), clock::get, clock.get());
    private final InFlightClaim claim =
            new InFlightClaim(new Claim(UUID.randomUUID(), "f", List.of()), lease, ClaimPermit.BATCHES);
    private final AtomicInteger tries = new AtomicInteger();
    private final List<Throwable> judged = new ArrayList<>();

    @AfterEach
    void noInterruptIsLeft() {
        Thread.interrupted();
    }

    @Test
    void anAnswerIsAskedForOnce() throws InterruptedException {
        assertThat(ask(failure -> true, tries::incrementAndGet)).isEqualTo(1);
        assertThat(judged).isEmpty();
    }

    // A handler's rules take part, and may say something else of the same failure the next time.
    @Test
    void eachFailureIsJudgedOnce() throws InterruptedException {
        assertThat(ask(failure -> true, afterFailures(4))).isEqualTo(5);
        assertThat(judged).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void aFailureThatDoesNotPassIsThrownAsItIsThoughTheLeaseIsOver() {
        var refused = new IllegalStateException("refused");
        assertThatThrownBy(() -> ask(failure -> false, () -> {
                    lease.end();
                    throw refused;
                }))
                .isSameAs(refused);
        assertThat(judged).containsExactly(refused);
    }

    @Test
    void anErrorThatDoesNotPassIsThrownAsItIs() {
        var error = new StackOverflowError();
        assertThatThrownBy(() -> ask(failure -> false, () -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void nothingIsAskedOnceTheLeaseIsOver() throws InterruptedException {
        clock.set(Duration.ofMinutes(1).toNanos());

        assertThat(ask(failure -> true, tries::incrementAndGet)).isNull();
        assertThat(tries).hasValue(0);
    }

    @Test
    void whatIsUnansweredWhenTheLeaseEndsStaysSo() throws InterruptedException {
        assertThat(ask(failure -> true, () -> {
                    tries.incrementAndGet();
                    clock.addAndGet(Duration.ofSeconds(20).toNanos());
                    throw away();
                }))
                .isNull();
        // Five sixths of a minute.
        assertThat(tries).hasValue(3);
    }

    @Test
    void anInterruptEndsItWhileTheLeaseLasts() {
        assertThatThrownBy(() -> ask(failure -> true, () -> {
                    Thread.currentThread().interrupt();
                    throw away();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptIsNotTakenForAnEndThatWasSettled() {
        assertThatThrownBy(() -> ask(failure -> true, () -> {
                    Thread.currentThread().interrupt();
                    lease.end();
                    throw away();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private @Nullable Integer ask(Predicate<Throwable> passes, Supplier<Integer> statement)
            throws InterruptedException {
        var answers = new UntilAnswered(
                "f",
                failure -> {
                    judged.add(failure);
                    return passes.test(failure);
                },
                Duration.ofMillis(1));
        return answers.ask(claim, "Settling", 1, statement).orElse(null);
    }

    private Supplier<Integer> afterFailures(int failures) {
        return () -> {
            if (tries.incrementAndGet() <= failures) {
                throw away();
            }
            return tries.get();
        };
    }

    private static DataAccessResourceFailureException away() {
        return new DataAccessResourceFailureException("away");
    }
}
