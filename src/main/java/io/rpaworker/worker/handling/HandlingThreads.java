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
@FunctionalInterface
interface HandlingThreads extends Executor {

    /** A flow's threads, of the kind that its settings name. */
    static HandlingThreads of(String flow, Threads kind) {
        String name = "rpa-handle-" + flow + "-";
        return switch (kind) {
            case PLATFORM -> new Kept(Thread.ofPlatform().daemon().name(name, 1).factory());
            case VIRTUAL -> {
                ThreadFactory threads = Thread.ofVirtual().name(name, 1).factory();
                yield slot -> threads.newThread(slot).start();
            }
        };
    }

    /** Lets idle threads end, and the others as soon as they are done; interrupts none. */
    default void end() {}

    /** Platform threads. */
    final class Kept implements HandlingThreads {

        // Longer than a flow pauses between two polls.
        private static final Duration IDLE = Duration.ofSeconds(30);

        private final ThreadPoolExecutor pool;

        // A task goes to the thread that became idle last, so that those that are not needed are idle for long enough.
        private Kept(ThreadFactory threads) {
            pool = new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, IDLE.toNanos(), TimeUnit.NANOSECONDS, new SynchronousQueue<>(), threads);
        }

        @Override
        public void execute(Runnable slot) {
            pool.execute(slot);
        }

        @Override
        public void end() {
            pool.shutdown();
        }
    }
}
