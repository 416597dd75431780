package io.rpaworker.worker;

import io.rpaworker.loop.Loop;
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

    private final String flow;
    private final Poller poller;
    private final Dispatcher dispatcher;
    private final InFlightClaims active;
    private final Semaphore turn;
    private final Semaphore more = new Semaphore(0);

    private volatile boolean claiming = true;
    private volatile boolean ended;

    /**
     * Claims for one flow.
     *
     * @param turn whose permit it needs for each claim; all flows of a process share its few connections
     */
    PollAhead(String flow, Poller poller, Dispatcher dispatcher, InFlightClaims active, Semaphore turn) {
        this.flow = flow;
        this.poller = poller;
        this.dispatcher = dispatcher;
        this.active = active;
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
        dispatcher.extend();
        boolean full = true;
        while (claiming && full) {
            if (dispatcher.awaitRoom()) {
                full = claimOnce();
            }
        }
        dispatcher.reduce();
    }

    private boolean claimOnce() {
        boolean added = false;
        boolean acquired = turn.tryAcquire();
        try {
            // Somebody has to give room back first, and that may have been because this is to stop.
            Optional<InFlightClaim> claimed = acquired && claiming ? poller.claimMore() : Optional.empty();
            claimed.ifPresent(active::begin);
            claimed.ifPresent(dispatcher::add);
            added = claimed.isPresent();
            return claimed.filter(poller::promisesMore).isPresent();
        } catch (Throwable e) {
            // The other one meets it too, and tells.
            log.debug("Claim of {} failed", flow, e);
            return false;
        } finally {
            if (acquired) {
                turn.release();
            }
            if (!added) {
                dispatcher.leaveRoom();
            }
        }
    }
}
