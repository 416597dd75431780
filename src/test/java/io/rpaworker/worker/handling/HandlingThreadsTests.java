package io.rpaworker.worker.handling;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.database.ConnectionShare;
import io.rpaworker.flow.FlowSettings.Threads;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handler's calls run on, and what one of them leaves to the next. */
class HandlingThreadsTests {

    private final HandlingThreads platform = HandlingThreads.of("f", Threads.PLATFORM);
    private final ClassLoader loader = new URLClassLoader(new URL[0]);
    private final HandlerSlots slots = new HandlerSlots(
            1,
            new Isolation(new IsolationBackoff(Duration.ZERO, System.nanoTime())),
            ConnectionShare.of(new HikariDataSource(), 1, 2),
            loader,
            platform,
            new HangLog("f"));

    @AfterEach
    void end() {
        platform.end();
    }

    @Test
    void aThreadIsKeptForTheNextCallAndOneThatIsStuckKeepsItToItself() throws InterruptedException {
        var letGo = new CountDownLatch(1);
        Thread first = threadOf(() -> {});
        Awaitility.await().until(() -> first.getState() == Thread.State.TIMED_WAITING);

        Thread stuck = threadOf(() -> await(letGo));
        assertThat(stuck).isSameAs(first);
        assertThat(stuck.isVirtual()).isFalse();
        assertThat(stuck.isDaemon()).isTrue();
        assertThat(stuck.getName()).isEqualTo("rpa-handle-f-1");

        assertThat(threadOf(() -> {}).getName()).isEqualTo("rpa-handle-f-2");
        letGo.countDown();
    }

    @Test
    void virtualThreadsAreThereForWhoAsksForThem() throws InterruptedException {
        var seen = new ArrayBlockingQueue<Thread>(1);
        HandlingThreads.of("f", Threads.VIRTUAL).execute(() -> seen.add(Thread.currentThread()));

        assertThat(seen.poll(30, TimeUnit.SECONDS))
                .matches(Thread::isVirtual)
                .extracting(Thread::getName)
                .isEqualTo("rpa-handle-f-1");
    }

    private record Found(Thread thread, @Nullable ClassLoader loader, boolean interrupted) {}

    @Test
    void whatACallLeavesOnItsThreadIsNotFoundByTheNext() throws InterruptedException {
        Found first = call();
        Found second = call();

        assertThat(second.thread()).isSameAs(first.thread());
        assertThat(List.of(first, second)).allSatisfy(it -> {
            assertThat(it.loader()).isSameAs(loader);
            assertThat(it.interrupted()).isFalse();
        });
    }

    // Leaves the thread interrupted, and with a loader of its own.
    private Found call() throws InterruptedException {
        BlockingQueue<Found> found = new ArrayBlockingQueue<>(1);
        while (!slots.acquire()) {
            Thread.onSpinWait();
        }
        var once = new ArrayBlockingQueue<List<InFlightRecord>>(1);
        once.add(List.of());
        Consumer<HandlerCall> handling = call -> {
            Thread current = Thread.currentThread();
            found.add(new Found(current, current.getContextClassLoader(), current.isInterrupted()));
            current.interrupt();
            current.setContextClassLoader(null);
        };
        slots.start(once::poll, handling, () -> {});
        Found it = found.take();
        Awaitility.await().until(() -> slots.busy() == 0 && it.thread().getState() == Thread.State.TIMED_WAITING);
        return it;
    }

    private Thread threadOf(Runnable work) throws InterruptedException {
        var seen = new ArrayBlockingQueue<Thread>(1);
        platform.execute(() -> {
            seen.add(Thread.currentThread());
            work.run();
        });
        return seen.take();
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
