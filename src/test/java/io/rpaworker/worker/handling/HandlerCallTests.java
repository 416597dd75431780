package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandlerCallTests {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final AtomicLong clock = new AtomicLong();
    private final HandlerCall call = TestCalls.of(2, clock::get);
    private final InFlightRecord first = call.works().getFirst();
    private final AtomicInteger told = new AtomicInteger();

    @BeforeEach
    void begin() {
        call.begin();
    }

    @Test
    void isInterruptedOnceItTakesTooLongAndToldOfBefore() {
        call.enters(call.works());
        watch();
        assertThat(call.isOverdue()).isFalse();

        clock.addAndGet(TIMEOUT.toNanos());
        call.interruptIfOverdue(
                TIMEOUT,
                () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
        assertThat(call.isOverdue()).isTrue();
        assertThat(Thread.interrupted()).isTrue();

        watch();
        assertThat(told).hasValue(0);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aPartThatHasJustBegunKeepsNeitherTheTimeNorTheInterruptOfTheOneBefore() {
        call.enters(call.works());
        clock.addAndGet(TIMEOUT.toNanos());
        watch();
        assertThat(told).hasValue(1);

        call.leaves();
        call.restart();
        call.enters(call.works());
        watch();

        assertThat(call.isOverdue()).isFalse();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(told).hasValue(1);
    }

    // It may be probing a source, and the source would be blamed.
    @Test
    void isInterruptedOnlyWhereTheHandlerIs() {
        clock.addAndGet(TIMEOUT.toNanos());
        watch();
        call.interrupt();
        assertThat(cancel(first)).isEmpty();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(first.cancelledBy()).isEmpty();

        call.enters(call.works());
        assertThat(Thread.interrupted()).as("it was too late before").isTrue();
    }

    @Test
    void noInterruptOutlivesTheHandlersReturn() {
        call.enters(call.works());
        call.interrupt();

        call.leaves();

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void isGivenUpAMomentAfterItsInterruptHoweverLateThatWas() {
        call.enters(call.works());
        clock.addAndGet(TIMEOUT.toNanos() + GRACE.toNanos());
        watch();
        assertThat(call.giveUpIfOverdueFor(GRACE)).isFalse();

        clock.addAndGet(GRACE.toNanos());
        assertThat(call.giveUpIfOverdueFor(GRACE)).isTrue();
        assertThat(call.isOver()).isTrue();
        assertThat(call.restart()).as("of another part").isFalse();
    }

    @Test
    void aPartThatHasJustBegunIsNotGivenUpForTheOneBefore() {
        call.enters(call.works());
        clock.addAndGet(TIMEOUT.toNanos());
        watch();
        clock.addAndGet(GRACE.toNanos());
        call.leaves();

        assertThat(call.restart()).isTrue();

        assertThat(call.giveUpIfOverdueFor(GRACE)).isFalse();
        assertThat(call.isOver()).isFalse();
    }

    @Test
    void isInterruptedOnceForWhatIsCancelledAndGivenUpAfterAMoment() {
        call.enters(call.works());
        assertThat(cancel(first)).isEmpty();
        assertThat(first.cancelledBy()).contains("ada");
        assertThat(Thread.interrupted()).isTrue();

        clock.addAndGet(GRACE.toNanos() - 1);
        assertThat(cancel(first)).isEmpty();
        assertThat(Thread.interrupted()).isFalse();

        clock.addAndGet(1);
        assertThat(cancel(first)).containsExactly(first);
    }

    @Test
    void isInterruptedAnewForWhatIsCancelledLater() {
        InFlightRecord second = call.works().getLast();
        call.enters(call.works());
        cancel(first);
        assertThat(Thread.interrupted()).isTrue();
        clock.addAndGet(GRACE.toNanos());

        assertThat(call.interruptIfCancelled(it -> "ada", GRACE)).containsExactly(first);
        assertThat(Thread.interrupted()).isTrue();

        clock.addAndGet(GRACE.toNanos());
        assertThat(cancel(second)).containsExactly(second);
    }

    // The watch reads the time of one part while the handler's thread begins the next.
    @Test
    void thePartsOfABatchAreNeverChargedForEachOther() {
        HandlerCall real = TestCalls.of(1);
        var over = new AtomicBoolean();
        var timeout = Duration.ofNanos(20_000);
        var watching = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                real.interruptIfOverdue(timeout, () -> {});
            }
        });
        real.begin();
        int charged = 0;
        for (int part = 0; part < 20_000; part++) {
            real.restart();
            real.enters(real.works());
            boolean overdue = real.isOverdue() || Thread.interrupted();
            if (overdue && !real.hasRunFor(timeout)) {
                charged++;
            }
            while (!real.hasRunFor(timeout)) {
                Thread.onSpinWait();
            }
            real.leaves();
        }
        over.set(true);
        real.end();

        assertThat(watching).succeedsWithin(Duration.ofSeconds(10));
        assertThat(charged).isZero();
    }

    private void watch() {
        call.interruptIfOverdue(TIMEOUT, told::incrementAndGet);
    }

    private List<InFlightRecord> cancel(InFlightRecord record) {
        return call.interruptIfCancelled(it -> it == record ? "ada" : null, GRACE);
    }
}
