package io.rpaworker.bench;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps a queue filled from a thread of its own. */
final class Producer implements AutoCloseable {

    private final Orders orders;
    private final LongSupplier handled;
    private final int waiting;
    private final long most;
    private final Thread thread = Thread.ofPlatform().name("bench-producer").unstarted(this::produce);
    private volatile long added;
    private volatile boolean stopped;
    private volatile @Nullable Exception failure;

    /**
     * Starts at once.
     *
     * @param handled how many of the records have been handled so far
     * @param waiting how many are to wait
     * @param most when to stop
     */
    Producer(Orders orders, LongSupplier handled, int waiting, long most) {
        this.orders = orders;
        this.handled = handled;
        this.waiting = waiting;
        this.most = most;
        thread.start();
    }

    /** Whether all have been added; throws if it has failed. */
    boolean isDone() {
        Exception cause = failure;
        if (cause != null) {
            throw new IllegalStateException("The queue is filled no longer", cause);
        }
        return added >= most;
    }

    /** How many have been added. */
    long added() {
        return added;
    }

    /** Stops adding. */
    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join(Duration.ofMinutes(1));
    }

    // A tenth at a time, so that the queue is neither empty for a moment nor filled by many small statements.
    private void produce() {
        int step = Math.max(1, waiting / 10);
        try {
            while (!stopped && added < most) {
                if (added - handled.getAsLong() <= waiting - step) {
                    orders.add((int) Math.min(step, most - added));
                    added = orders.added();
                } else {
                    Thread.sleep(10);
                }
            }
        } catch (Exception e) {
            failure = e;
        }
    }
}
