package io.rpaworker.worker.claiming;

import io.rpaworker.loop.FailureStreak;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Step;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import java.time.Duration;

/** Claims a flow's records, and passes them on as there is room for them. Rests while it finds nothing. */
final class PollLoop implements Step {

    private static final Duration RECONCILE_INTERVAL = Duration.ofMinutes(1);

    private final Poller poller;
    private final SuspectClaims suspects;
    private final HandlingStage handling;
    private final InFlight inFlight;
    private final FailureStreak polls;

    private enum Found {
        NOTHING,
        SUSPECT,
        RECORDS
    }

    private long reconciledNanos;
    private long tidiedNanos;
    private boolean rested;
    private volatile boolean claiming = true;
    private volatile boolean paused;
    private volatile boolean parked;

    PollLoop(Poller poller, SuspectClaims suspects, HandlingStage handling, InFlight inFlight) {
        this.poller = poller;
        this.suspects = suspects;
        this.handling = handling;
        this.inFlight = inFlight;
        this.reconciledNanos = inFlight.time().nanos();
        this.tidiedNanos = reconciledNanos;
        this.polls = new FailureStreak("Polls of flow " + inFlight.flow(), "are tried again");
    }

    /** No claim is made from now on. */
    void stopClaiming() {
        claiming = false;
    }

    /** Whether no claim is made until this is taken back. */
    void pause(boolean paused) {
        this.paused = paused;
    }

    /** Whether it is paused, knows it, and has the answer to every claim. */
    boolean isParked() {
        return paused && parked;
    }

    @Override
    public Duration comeRound() throws InterruptedException {
        parked = false;
        if (paused) {
            rested = true;
            tidyUp();
            // A claim without an answer may still be made.
            parked = !inFlight.cleanup().isUrgent();
            return poller.pause(false);
        }
        if (rested) {
            // Not when nothing was found: what was claimed before has ended only since.
            handling.forgetTimes();
            rested = false;
        }
        int wanted = handling.awaitDemand();
        if (wanted == 0) {
            tidyUp();
            return Duration.ZERO;
        }
        Found found = Found.NOTHING;
        try {
            // Room may have been released because this is to stop.
            if (claiming && !paused) {
                found = pollAndTell(wanted);
            }
        } finally {
            if (found != Found.RECORDS) {
                handling.leaveRoom();
            }
        }
        rested = found == Found.NOTHING && poller.hasAsked();
        return found == Found.NOTHING ? poller.pause(!polls.isFailing()) : Duration.ZERO;
    }

    // Calls may keep all slots for as long as they like, and nobody is to wait for what this replica has to tell.
    private void tidyUp() {
        if (inFlight.time().nanos() - tidiedNanos < poller.pause(false).toNanos()) {
            return;
        }
        tidiedNanos = inFlight.time().nanos();
        try {
            boolean asks = inFlight.cleanup().isUrgent() || isReconcileDue();
            inFlight.cleanup().tell();
            reconcile();
            if (asks) {
                polls.succeeded();
            }
        } catch (RuntimeException e) {
            polls.failed(e);
        }
    }

    private Found pollAndTell(int wanted) throws InterruptedException {
        Found found = Found.NOTHING;
        try {
            found = pollOnce(wanted);
            // After the claim, which somebody may be waiting for; many together while records keep coming.
            if (found != Found.RECORDS || inFlight.cleanup().areMany()) {
                inFlight.cleanup().tell();
            }
            reconcile();
            // A poll that waits for a source, or for the lease, learns nothing of PostgreSQL.
            if (poller.hasAsked()) {
                polls.succeeded();
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            polls.failed(e);
        }
        return found;
    }

    private Found pollOnce(int wanted) throws InterruptedException {
        Poller.Polled polled = poller.pollOnce(wanted).orElse(null);
        if (polled == null) {
            return Found.NOTHING;
        }
        inFlight.claims().begin(polled.claim());
        if (polled.suspect()) {
            // To wait for a suspect for as long as it takes is no reason to think this loop dead.
            handling.runIsolated(
                    polled.claim(), suspects::read, () -> claiming && !paused, () -> Loop.comesRound(Duration.ZERO));
            return Found.SUSPECT;
        }
        handling.offer(polled.claim());
        return Found.RECORDS;
    }

    private boolean isReconcileDue() {
        return inFlight.time().nanos() - reconciledNanos >= RECONCILE_INTERVAL.toNanos();
    }

    private void reconcile() {
        if (isReconcileDue()) {
            reconciledNanos = inFlight.time().nanos();
            poller.replicaId()
                    .ifPresent(replica ->
                            inFlight.cleanup().reconcile(replica, inFlight.flow(), inFlight.claims()::holds));
        }
    }
}
