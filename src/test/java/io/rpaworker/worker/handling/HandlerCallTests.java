package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HandlerCallTests {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final AtomicLong clock = new AtomicLong();
    private final HandlerCall call = new HandlerCall(List.of(), () -> {}, clock::get);
    private final AtomicInteger told = new AtomicInteger();

    @Test
    void isInterruptedOnceItTakesTooLongAndToldOfBefore() {
        call.begin();
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
        call.begin();
        clock.addAndGet(TIMEOUT.toNanos());
        watch();
        assertThat(told).hasValue(1);

        call.restart();
        watch();

        assertThat(call.isOverdue()).isFalse();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(told).hasValue(1);
    }

    // The watch reads the time of one part while the handler's thread begins the next.
    @Test
    void thePartsOfABatchAreNeverChargedForEachOther() {
        var real = new HandlerCall(List.of(), () -> {});
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
            while (!real.hasRunFor(timeout)) {
                Thread.onSpinWait();
            }
            real.restart();
            boolean overdue = real.isOverdue() || Thread.interrupted();
            if (overdue && !real.hasRunFor(timeout)) {
                charged++;
            }
        }
        over.set(true);
        // Takes its interrupt along, which otherwise ends the wait below.
        real.end();

        assertThat(watching).succeedsWithin(Duration.ofSeconds(10));
        assertThat(charged).isZero();
    }

    private void watch() {
        call.interruptIfOverdue(TIMEOUT, told::incrementAndGet);
    }
}
