package io.rpaworker.worker.claiming;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.Limits;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** The first stage of a flow: claims records as the next one has room for them, and pauses while nothing is due. */
public final class ClaimingStage {

    private final PollLoop polls;
    private final PollAhead ahead;
    private final IdlePause pause;

    private ClaimingStage(PollLoop polls, PollAhead ahead, IdlePause pause) {
        this.polls = polls;
        this.ahead = ahead;
        this.pause = pause;
    }

    /** Makes the stages of flows. */
    @Component
    public static class Factory {

        private final LimitedClaims claims;
        private final ClaimJournal journal;
        private final Heartbeat heartbeat;
        // One flow at a time claims ahead: it takes a connection that others claim with.
        private final Semaphore ahead = new Semaphore(1);

        Factory(LimitedClaims claims, ClaimJournal journal, Heartbeat heartbeat) {
            this.claims = claims;
            this.journal = journal;
            this.heartbeat = heartbeat;
        }

        /** A flow's stage; its loops are not started. */
        public ClaimingStage of(Flow<?, ?> flow, FlowBreakers breakers, InFlight inFlight, HandlingStage handling) {
            var pause = new IdlePause();
            if (!flow.settings().limits().equals(Limits.NONE)) {
                // There may have been records that only its limit kept waiting.
                inFlight.claims().whenSettled(pause::end);
            }
            var suspects = new SuspectClaims(flow, journal, claims, handling, inFlight);
            var poller = new Poller(flow, claims, suspects, heartbeat, breakers, inFlight);
            var more = new PollAhead(poller, handling, inFlight, ahead);
            return new ClaimingStage(new PollLoop(poller, more, suspects, handling, inFlight, pause), more, pause);
        }
    }

    /** What is to go on until {@link #stopClaiming}, on a thread of its own. */
    public Runnable loop() {
        return polls;
    }

    /** The same, beside it while batches come full. */
    public Runnable ahead() {
        return ahead;
    }

    /** Ends the pause of a poller that found nothing. */
    public void wakeUp() {
        pause.end();
    }

    /** Whether the poller found nothing and waits to be woken up. */
    public boolean isIdle() {
        return pause.isGoing();
    }

    /** No claim is made from now on. */
    public void stopClaiming() {
        polls.stopClaiming();
    }

    /** Whether no answer to a claim is to come any more. */
    public boolean isEnded() {
        return polls.isEnded();
    }

    /** How long ago it last came round, whether or not the database answered. */
    public Duration sinceLastPoll() {
        return polls.sinceLastPoll();
    }
}
