package io.rpaworker.worker.claiming;

import io.rpaworker.database.FailureReason;
import io.rpaworker.loop.Loop;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims a flow's records for as long as it is to, and passes them on as there is room for them. */
final class PollLoop implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(PollLoop.class);
    private static final Duration RECONCILE_INTERVAL = Duration.ofMinutes(1);

    private final Poller poller;
    private final PollAhead ahead;
    private final SuspectClaims suspects;
    private final HandlingStage handling;
    private final InFlight inFlight;
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
            Poller poller,
            PollAhead ahead,
            SuspectClaims suspects,
            HandlingStage handling,
            InFlight inFlight,
            IdlePause pause) {
        this.poller = poller;
        this.ahead = ahead;
        this.suspects = suspects;
        this.handling = handling;
        this.inFlight = inFlight;
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
            log.debug("Polls of {} were interrupted", inFlight.flow());
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

    /** How long ago it last came round, whether or not the database answered. */
    Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    /** Comes round once; false if there is nothing to do for a while. */
    private boolean comeRound() throws InterruptedException {
        inTime();
        if (!handling.awaitRoom()) {
            return true;
        }
        if (!claiming) {
            // Room has been released because this is to stop.
            handling.leaveRoom();
            return true;
        }
        Found found = Found.NOTHING;
        try {
            found = pollOnce();
            // After the claim, which somebody may be waiting for; many together while records keep coming.
            if (found != Found.RECORDS || inFlight.cleanup().areMany()) {
                inFlight.cleanup().tell();
            }
            reconcile();
            if (poller.hasAsked()) {
                answered();
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            if (answering) {
                log.warn("Polls of flow {} fail, and are tried again: {}", inFlight.flow(), FailureReason.of(e));
            }
            answering = false;
            log.debug("Poll of {} failed", inFlight.flow(), e);
        } finally {
            if (found != Found.RECORDS) {
                handling.leaveRoom();
            }
        }
        return found != Found.NOTHING;
    }

    // A poll that waits for a source, or for the lease, learns nothing of PostgreSQL.
    private void answered() {
        if (!answering) {
            log.info("Polls of flow {} succeed again", inFlight.flow());
        }
        answering = true;
    }

    private Found pollOnce() throws InterruptedException {
        Poller.Polled polled = poller.pollOnce().orElse(null);
        if (polled == null) {
            return Found.NOTHING;
        }
        inFlight.claims().begin(polled.claim());
        if (polled.suspect()) {
            // To wait for a suspect for as long as it takes is no reason to think this loop dead.
            handling.runIsolated(polled.claim(), suspects::read, () -> claiming, this::inTime);
            return Found.SUSPECT;
        }
        handling.offer(polled.claim());
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
        pause.take(length, poller.interval(), inFlight.cleanup()::isUrgent);
    }

    private void reconcile() {
        if (System.nanoTime() - reconciledNanos >= RECONCILE_INTERVAL.toNanos()) {
            reconciledNanos = System.nanoTime();
            poller.replicaId()
                    .ifPresent(replica ->
                            inFlight.cleanup().reconcile(replica, inFlight.flow(), inFlight.claims()::holds));
        }
    }
}
