package io.rpaworker.worker.claiming;

import io.rpaworker.loop.Loop;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims beside {@link PollLoop} while batches come full: PostgreSQL looks for the next records while this process
 * unpacks the last ones. Whatever else there is to see to is the other's.
 */
final class PollAhead implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(PollAhead.class);

    private final Poller poller;
    private final HandlingStage handling;
    private final InFlight inFlight;
    private final Semaphore turn;
    private final Semaphore more = new Semaphore(0);

    private volatile boolean claiming = true;
    private volatile boolean ended;

    /**
     * Claims for one flow.
     *
     * @param turn whose permit it needs for each claim; all flows of a process share its few connections
     */
    PollAhead(Poller poller, HandlingStage handling, InFlight inFlight, Semaphore turn) {
        this.poller = poller;
        this.handling = handling;
        this.inFlight = inFlight;
        this.turn = turn;
    }

    /** A batch came full. */
    void begin() {
        if (more.availablePermits() == 0) {
            more.release();
        }
    }

    /** No claim is made from now on. */
    void stopClaiming() {
        claiming = false;
        more.release();
    }

    /** Whether no answer to a claim is to come any more. */
    boolean isEnded() {
        return ended;
    }

    @Override
    public void run() {
        // It has no time of its own: there is a batch that came full, or room, when there is.
        Loop.waits();
        try {
            while (claiming) {
                more.acquire();
                claimWhileFull();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
        }
    }

    // With room for one more: otherwise it would only take it from the other one.
    private void claimWhileFull() throws InterruptedException {
        handling.extend();
        boolean full = true;
        while (claiming && full) {
            if (handling.awaitRoom()) {
                full = claimOnce();
            }
        }
        handling.reduce();
    }

    private boolean claimOnce() {
        boolean added = false;
        boolean acquired = turn.tryAcquire();
        try {
            // Somebody has to give room back first, and that may have been because this is to stop.
            Optional<InFlightClaim> claimed = acquired && claiming ? poller.claimMore() : Optional.empty();
            claimed.ifPresent(inFlight.claims()::begin);
            claimed.ifPresent(handling::offer);
            added = claimed.isPresent();
            return claimed.filter(poller::promisesMore).isPresent();
        } catch (Throwable e) {
            // The other one meets it too, and tells.
            log.debug("Claim of flow {} failed", inFlight.flow(), e);
            return false;
        } finally {
            if (acquired) {
                turn.release();
            }
            if (!added) {
                handling.leaveRoom();
            }
        }
    }
}
