package io.rpaworker.worker.handling;

import io.rpaworker.flow.FlowSettings.Threads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that one flow's handler is called on. Platform threads are kept for the next call: to make one costs more
 * than a quick record. Only the flow's slots bound their number, so one that never ends takes no other call's place.
 */
final class HandlingThreads implements Executor {

    // Longer than a flow pauses between two polls.
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Executor executor;
    private final Runnable end;

    private HandlingThreads(Executor executor, Runnable end) {
        this.executor = executor;
        this.end = end;
    }

    static HandlingThreads of(String flow, Threads kind) {
        String name = "rpa-handle-" + flow + "-";
        return switch (kind) {
            case PLATFORM -> {
                ThreadPoolExecutor pool =
                        pool(Thread.ofPlatform().daemon().name(name, 1).factory());
                yield new HandlingThreads(pool, pool::shutdown);
            }
            case VIRTUAL -> {
                ThreadFactory threads = Thread.ofVirtual().name(name, 1).factory();
                yield new HandlingThreads(slot -> threads.newThread(slot).start(), () -> {});
            }
        };
    }

    // A task goes to the thread that became idle last, so that those that are not needed are idle for long enough.
    private static ThreadPoolExecutor pool(ThreadFactory threads) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toNanos(), TimeUnit.NANOSECONDS, new SynchronousQueue<>(), threads);
    }

    @Override
    public void execute(Runnable slot) {
        executor.execute(slot);
    }

    /** Lets idle threads end, and the others as soon as they are done; interrupts none. */
    void end() {
        end.run();
    }
}
