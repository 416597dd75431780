package io.rpaworker.worker.claiming;

import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Step;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims beside {@link PollLoop} while batches come full: PostgreSQL looks for the next records while this process
 * unpacks the last ones. Whatever else there is to see to is the other's. Rests until a batch comes full.
 */
final class PollAhead implements Step {

    private static final Logger log = LoggerFactory.getLogger(PollAhead.class);

    private final Poller poller;
    private final HandlingStage handling;
    private final InFlight inFlight;
    private final Semaphore turn;

    private volatile Runnable onFailure = () -> {};
    private volatile boolean begun;
    private volatile boolean claiming = true;

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

    /** Has something done whenever a claim has got no answer. */
    void whenFailed(Runnable then) {
        onFailure = then;
    }

    /** A batch came full; to be said before its loop is hurried. */
    void begin() {
        begun = true;
    }

    /** No claim is made from now on. */
    void stopClaiming() {
        claiming = false;
    }

    @Override
    public Duration comeRound() throws InterruptedException {
        if (begun && claiming) {
            begun = false;
            // There is room, or there is not, when there is.
            Loop.waits();
            claimWhileFull();
        }
        return UNTIL_HURRIED;
    }

    // With room for one more: otherwise it would only take it from the other one.
    private void claimWhileFull() throws InterruptedException {
        handling.extend();
        try {
            boolean full = true;
            while (claiming && full) {
                if (handling.awaitRoom()) {
                    full = claimOnce();
                }
            }
        } finally {
            handling.reduce();
        }
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
            onFailure.run();
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
