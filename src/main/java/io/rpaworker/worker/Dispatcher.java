package io.rpaworker.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands claimed records to the handler, in their order and as slots become free. A slot takes one record of a claim
 * after the other, so that quick records cost no thread of their own.
 */
final class Dispatcher implements Runnable {

    // The batch that is being handed out and the one that waits for it.
    private static final int BATCHES = 2;
    private static final Duration SETTLING_PAUSE = Duration.ofMillis(2);

    private final Calls calls;
    private final Execution<?, ?> execution;
    private final Outbox<?, ?> outbox;
    private final ClaimSize size;
    private final BlockingQueue<ActiveClaim> claimed = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(BATCHES);
    private volatile boolean starting = true;

    Dispatcher(Calls calls, Execution<?, ?> execution, Outbox<?, ?> outbox, ClaimSize size) {
        this.calls = calls;
        this.execution = execution;
        this.outbox = outbox;
        this.size = size;
    }

    /** Waits a moment for room for another claim; false if there is none. */
    boolean awaitRoom() throws InterruptedException {
        return room.tryAcquire(200, TimeUnit.MILLISECONDS);
    }

    /** The room was not needed after all. */
    void leaveRoom() {
        room.release();
    }

    /** Takes a claim that there is room for. */
    void add(ActiveClaim claim) {
        claimed.add(claim);
    }

    /** No record starts from now on; those that have not are given back. */
    void stopStarting() {
        starting = false;
    }

    @Override
    public void run() {
        try {
            while (true) {
                ActiveClaim claim = claimed.take();
                try {
                    dispatch(claim);
                } finally {
                    room.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dispatch(ActiveClaim claim) throws InterruptedException {
        long begun = System.nanoTime();
        while (claim.hasNext() && mayStart(claim)) {
            if (calls.acquire()) {
                calls.start(() -> next(claim), execution::run);
            }
        }
        for (List<Work> rest = claim.next(true); rest != null; rest = claim.next(true)) {
            rest.forEach(execution::giveBack);
        }
        size.dispatched(claim.works().size(), System.nanoTime() - begun);
    }

    private @Nullable List<Work> next(ActiveClaim claim) {
        while (outbox.isFull() && mayStart(claim)) {
            try {
                Thread.sleep(SETTLING_PAUSE);
            } catch (InterruptedException e) {
                return null;
            }
        }
        return mayStart(claim) ? claim.next(execution.takesBatches()) : null;
    }

    private boolean mayStart(ActiveClaim claim) {
        return starting && claim.isTrusted();
    }
}
