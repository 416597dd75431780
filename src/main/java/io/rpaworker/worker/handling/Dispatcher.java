package io.rpaworker.worker.handling;

import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Step;
import io.rpaworker.worker.inflight.BatchSize;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands claimed records to the handler, in their order and as slots become free. A slot takes one record of a claim
 * after the other, so that quick records cost no thread of their own.
 */
final class Dispatcher implements Step {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    // The batch that is being handed out and the one that waits for it; PollAhead brings room for another one.
    private static final int BATCHES = 2;
    private static final Duration SETTLING_PAUSE = Duration.ofMillis(2);
    // What is wrong with this process should not go through the whole queue.
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private final HandlerSlots slots;
    private final HandlerInvoker<?, ?> invoker;
    private final BooleanSupplier settlingIsFull;
    private final BatchSize size;
    private final BlockingQueue<InFlightClaim> claimed = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(BATCHES);
    private final Pace pace = new Pace();
    private volatile boolean starting = true;

    Dispatcher(HandlerSlots slots, HandlerInvoker<?, ?> invoker, BooleanSupplier settlingIsFull, BatchSize size) {
        this.slots = slots;
        this.invoker = invoker;
        this.settlingIsFull = settlingIsFull;
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

    /** There is room for one more from now on. */
    void extend() {
        room.release();
    }

    /** Waits until the room of {@link #extend} can be taken away again, however it is interrupted. */
    void reduce() {
        room.acquireUninterruptibly();
    }

    /** Takes a claim that there is room for. */
    void add(InFlightClaim claim) {
        claimed.add(claim);
    }

    /** No record starts from now on; those that have not are released. */
    void stopStarting() {
        starting = false;
    }

    /** Hands out the records of one claim; if that fails, those that are left are released. */
    @Override
    public Duration comeRound() throws InterruptedException {
        Loop.waits();
        InFlightClaim claim = claimed.take();
        try {
            dispatch(claim);
            return Duration.ZERO;
        } catch (InterruptedException e) {
            // The loop may go on, and nobody else hands these out.
            releaseRest(claim);
            throw e;
        } catch (Throwable e) {
            log.error(
                    "Could not hand out all of {} records; releasing the others",
                    claim.works().size(),
                    e);
            releaseRest(claim);
            return FAILURE_PAUSE;
        } finally {
            room.release();
        }
    }

    private void dispatch(InFlightClaim claim) throws InterruptedException {
        long begun = System.nanoTime();
        int awake = 0;
        int wanted = pace.atFirst();
        while (claim.hasNext() && mayStart(claim)) {
            Loop.comesRound(Duration.ZERO);
            if (awake >= wanted) {
                wanted = afterTrial(claim, awake);
            } else if (slots.acquire()) {
                slots.start(new Slot(claim), invoker::run);
                awake++;
            }
        }
        releaseRest(claim);
        pace.handedOut(claim.works().size());
        size.dispatched(claim.works().size(), System.nanoTime() - begun);
    }

    /** How many threads the claim is worth after those that are awake have had a moment. */
    private int afterTrial(InFlightClaim claim, int awake) throws InterruptedException {
        int left = claim.left();
        Thread.sleep(Pace.TRIAL);
        // Who waits for settling would do so with others beside it too.
        return settlingIsFull.getAsBoolean() ? awake : pace.after(awake, left - claim.left());
    }

    private void releaseRest(InFlightClaim claim) {
        for (List<InFlightRecord> rest = claim.next(true); rest != null; rest = claim.next(true)) {
            rest.forEach(invoker::release);
        }
    }

    private boolean mayStart(InFlightClaim claim) {
        return starting && claim.isTrusted();
    }

    /** Takes one call's records after the other from a claim, for the thread of one slot. */
    private final class Slot implements Supplier<@Nullable List<InFlightRecord>> {

        private final InFlightClaim claim;
        private long begunNanos;

        private Slot(InFlightClaim claim) {
            this.claim = claim;
        }

        @Override
        public @Nullable List<InFlightRecord> get() {
            if (begunNanos != 0) {
                pace.handled(System.nanoTime() - begunNanos);
            }
            while (settlingIsFull.getAsBoolean() && mayStart(claim)) {
                try {
                    Thread.sleep(SETTLING_PAUSE);
                } catch (InterruptedException e) {
                    return null;
                }
            }
            begunNanos = System.nanoTime();
            return mayStart(claim) ? claim.next(invoker.takesBatches()) : null;
        }
    }
}
