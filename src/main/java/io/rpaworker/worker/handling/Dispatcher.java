package io.rpaworker.worker.handling;

import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Step;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands claimed records to the handler, in their order and as slots become free. A slot takes one record of a claim
 * after the other, so that quick records cost no thread of their own. What has waited in vain for a slot is released:
 * another replica may have one.
 */
final class Dispatcher implements Step {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private static final Duration SETTLING_PAUSE = Duration.ofMillis(2);
    // What is wrong with this process should not go through the whole queue.
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private final HandlerSlots slots;
    private final HandlerInvoker<?, ?> invoker;
    private final BooleanSupplier settlingIsFull;
    private final Offers offers;
    private final Pace pace = new Pace();
    private volatile boolean starting = true;
    private volatile boolean paused;

    /** Hands out what is offered. */
    Dispatcher(HandlerSlots slots, HandlerInvoker<?, ?> invoker, BooleanSupplier settlingIsFull, Offers offers) {
        this.slots = slots;
        this.invoker = invoker;
        this.settlingIsFull = settlingIsFull;
        this.offers = offers;
    }

    /** What it hands out. */
    Offers offers() {
        return offers;
    }

    /** Whether no record starts until this is taken back; those that have not are released. */
    void pause(boolean paused) {
        this.paused = paused;
    }

    /** No record starts from now on; those that have not are released. */
    void stopStarting() {
        starting = false;
    }

    /** Hands out the records of one claim; if that fails, those that are left are released. */
    @Override
    public Duration comeRound() throws InterruptedException {
        Loop.waits();
        Offers.Offer offer = offers.take();
        InFlightClaim claim = offer.claim();
        try {
            dispatch(offer);
            return Duration.ZERO;
        } catch (InterruptedException e) {
            // The loop may go on, and nobody else hands these out.
            releaseRest(claim);
            throw e;
        } catch (Throwable e) {
            log.error(
                    "Could not hand out all of {} records of flow {}; releasing the others",
                    claim.works().size(),
                    invoker.flow(),
                    e);
            releaseRest(claim);
            return FAILURE_PAUSE;
        } finally {
            offers.done(claim);
        }
    }

    private void dispatch(Offers.Offer offer) throws InterruptedException {
        InFlightClaim claim = offer.claim();
        int awake = 0;
        int wanted = pace.atFirst();
        boolean waitsInVain = false;
        while (claim.hasNext() && mayStart(claim) && !waitsInVain) {
            Loop.comesRound(Duration.ZERO);
            int left = claim.left();
            if (awake >= wanted) {
                wanted = afterTrial(claim, awake);
            } else if (slots.acquire()) {
                slots.start(new Slot(claim), invoker::run, offers::changed);
                awake++;
            } else {
                waitsInVain = claim.left() == left
                        && offers.isOverdue(offer)
                        // What is released would wait for it too.
                        && !settlingIsFull.getAsBoolean();
            }
        }
        int left = claim.left();
        if (waitsInVain) {
            log.debug("Flow {} has no slot for {} claimed records; releasing them for others", invoker.flow(), left);
        }
        releaseRest(claim);
        pace.handedOut(claim.works().size() - left);
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
        return starting && !paused && claim.isTrusted();
    }

    /** Takes one call's records after the other from a claim, for the thread of one slot. */
    private final class Slot implements Supplier<@Nullable List<InFlightRecord>> {

        private final InFlightClaim claim;
        private long begunNanos;
        private int begun;

        private Slot(InFlightClaim claim) {
            this.claim = claim;
        }

        @Override
        public @Nullable List<InFlightRecord> get() {
            if (begun > 0) {
                pace.handled(System.nanoTime() - begunNanos);
            }
            while (settlingIsFull.getAsBoolean() && mayStart(claim)) {
                try {
                    Thread.sleep(SETTLING_PAUSE);
                } catch (InterruptedException e) {
                    return null;
                }
            }
            long nanos = System.nanoTime();
            if (begun > 0) {
                // With the wait for settling: there is no use in claiming faster than it settles.
                offers.handled(begun, nanos - begunNanos);
            }
            begunNanos = nanos;
            List<InFlightRecord> next = mayStart(claim) ? claim.next(invoker.takesBatches()) : null;
            begun = next == null ? 0 : next.size();
            offers.changed();
            return next;
        }
    }
}
