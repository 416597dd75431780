package io.rpaworker.worker;

import io.rpaworker.database.FailureReason;
import io.rpaworker.loop.Loop;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims a flow's records for as long as it is to, and passes them on as there is room for them. */
final class PollLoop implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(PollLoop.class);
    private static final Duration RECONCILE_INTERVAL = Duration.ofMinutes(1);

    private final String flow;
    private final Poller poller;
    private final PollAhead ahead;
    private final Dispatcher dispatcher;
    private final SuspectRunner suspects;
    private final InFlightClaims active;
    private final ClaimCleanup cleanup;
    private final IdlePause pause;

    private enum Found {
        NOTHING,
        SUSPECT,
        RECORDS
    }

    private long reconciledNanos = System.nanoTime();
    private boolean answering = true;
    private volatile boolean claiming = true;
    private volatile boolean ended;
    private volatile long lastPollNanos = System.nanoTime();

    PollLoop(
            String flow,
            Poller poller,
            PollAhead ahead,
            Dispatcher dispatcher,
            SuspectRunner suspects,
            InFlightClaims active,
            ClaimCleanup cleanup,
            IdlePause pause) {
        this.flow = flow;
        this.poller = poller;
        this.ahead = ahead;
        this.dispatcher = dispatcher;
        this.suspects = suspects;
        this.active = active;
        this.cleanup = cleanup;
        this.pause = pause;
    }

    @Override
    public void run() {
        try {
            while (claiming) {
                claimUntilInterrupted();
            }
        } finally {
            ended = true;
        }
    }

    // Whoever is to stop this has said so; any other interrupt is what code that is not ours has left.
    private void claimUntilInterrupted() {
        try {
            while (claiming) {
                if (!comeRound()) {
                    takePause();
                }
            }
        } catch (InterruptedException e) {
            log.debug("Polls of {} were interrupted", flow);
        }
    }

    /** No claim is made from now on. */
    void stopClaiming() {
        claiming = false;
        ahead.stopClaiming();
        pause.end();
    }

    /** Whether no answer to a claim is to come any more. */
    boolean isEnded() {
        return ended && ahead.isEnded();
    }

    /** What claims beside it. */
    PollAhead ahead() {
        return ahead;
    }

    /** How long ago it last came round, whether or not the database answered. */
    Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    /** Comes round once; false if there is nothing to do for a while. */
    private boolean comeRound() throws InterruptedException {
        inTime();
        if (!dispatcher.awaitRoom()) {
            return true;
        }
        if (!claiming) {
            // Room has been released because this is to stop.
            dispatcher.leaveRoom();
            return true;
        }
        Found found = Found.NOTHING;
        try {
            found = pollOnce();
            // After the claim, which somebody may be waiting for; many together while records keep coming.
            if (found != Found.RECORDS || cleanup.areMany()) {
                cleanup.tell();
            }
            reconcile();
            if (poller.hasAsked()) {
                answered();
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            if (answering) {
                log.warn("Polls of flow {} fail, and are tried again: {}", flow, FailureReason.of(e));
            }
            answering = false;
            log.debug("Poll of {} failed", flow, e);
        } finally {
            if (found != Found.RECORDS) {
                dispatcher.leaveRoom();
            }
        }
        return found != Found.NOTHING;
    }

    // A poll that waits for a source, or for the lease, learns nothing of PostgreSQL.
    private void answered() {
        if (!answering) {
            log.info("Polls of flow {} succeed again", flow);
        }
        answering = true;
    }

    private Found pollOnce() throws InterruptedException {
        Poller.Polled polled = poller.pollOnce().orElse(null);
        if (polled == null) {
            return Found.NOTHING;
        }
        active.begin(polled.claim());
        if (polled.alone()) {
            // To wait for a suspect for as long as it takes is no reason to think this loop dead.
            suspects.run(polled.claim(), () -> claiming, this::inTime);
            return Found.SUSPECT;
        }
        dispatcher.add(polled.claim());
        if (poller.promisesMore(polled.claim())) {
            ahead.begin();
        }
        return Found.RECORDS;
    }

    private void inTime() {
        lastPollNanos = System.nanoTime();
        Loop.comesRound(Duration.ZERO);
    }

    private void takePause() throws InterruptedException {
        Duration length = poller.pause(answering);
        Loop.comesRound(length);
        pause.take(length, poller.interval(), cleanup::isUrgent);
    }

    private void reconcile() {
        if (System.nanoTime() - reconciledNanos >= RECONCILE_INTERVAL.toNanos()) {
            reconciledNanos = System.nanoTime();
            poller.replicaId().ifPresent(replica -> cleanup.reconcile(replica, flow, active::holds));
        }
    }
}
