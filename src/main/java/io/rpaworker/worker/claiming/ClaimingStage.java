package io.rpaworker.worker.claiming;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.Limits;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.inflight.InFlight;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** The first stage of a flow: claims records as the next one has room for them, and rests while nothing is due. */
public final class ClaimingStage {

    private final PollLoop polls;
    private final Loop loop;

    private ClaimingStage(PollLoop polls, Loop loop) {
        this.polls = polls;
        this.loop = loop;
    }

    /** Makes the stages of flows. */
    @Component
    public static class Factory {

        private final LimitedClaims claims;
        private final ClaimJournal journal;
        private final Heartbeat heartbeat;
        private final Loops loops;

        Factory(LimitedClaims claims, ClaimJournal journal, Heartbeat heartbeat, Loops loops) {
            this.claims = claims;
            this.journal = journal;
            this.heartbeat = heartbeat;
            this.loops = loops;
        }

        /** A flow's stage, which is not started. */
        public ClaimingStage of(Flow<?, ?> flow, FlowBreakers breakers, InFlight inFlight, HandlingStage handling) {
            var suspects = new SuspectClaims(flow, journal, claims, inFlight, handling::isOpenToSuspects);
            var poller = new Poller(flow, claims, suspects, heartbeat, breakers, inFlight);
            var polls = new PollLoop(poller, suspects, handling, inFlight);
            var role = Role.vital("poll-" + flow.name(), "Polls of flow " + flow.name());
            Loop loop = loops.of(role.restingAfterFailure(flow.settings().pollInterval()), polls);
            // What could not be settled, or was claimed without an answer, is to be released soon.
            inFlight.claims().whenAbandoned(loop::hurry);
            if (flow.beside() || !flow.settings().limits().equals(Limits.NONE)) {
                // There may have been records that only its limit kept waiting; and of what is beside a flow one record
                // adds the
                // next, which whoever has settled the one is to have first.
                inFlight.claims().whenSettled(loop::hurry);
            }
            return new ClaimingStage(polls, loop);
        }
    }

    /** Claims from now on, on a thread of its own. */
    public void start() {
        loop.start();
    }

    /** What claims. */
    public Loop loop() {
        return loop;
    }

    /** Ends the rest of a poller that found nothing. */
    public void wakeUp() {
        loop.hurry();
    }

    /** Whether the poller found nothing and rests until it is woken up. */
    public boolean isIdle() {
        return loop.isResting();
    }

    /** Whether the flow is paused: then no claim is made. */
    public void pause(boolean paused) {
        polls.pause(paused);
        loop.hurry();
    }

    /** Whether the flow is paused, and the answer to every claim is there. */
    public boolean isParked() {
        return polls.isParked();
    }

    /** No claim is made from now on. */
    public void stopClaiming() {
        polls.stopClaiming();
        loop.end();
    }

    /** Whether no answer to a claim is to come any more. */
    public boolean isEnded() {
        return loop.isOver();
    }

    /** How long ago it last came round, whether or not the database answered. */
    public Duration sinceLastPoll() {
        return loop.sinceLastRound();
    }
}
