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
import java.util.List;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** The first stage of a flow: claims records as the next one has room for them, and rests while nothing is due. */
public final class ClaimingStage {

    private final PollLoop polls;
    private final PollAhead more;
    private final Loop loop;
    private final Loop ahead;

    private ClaimingStage(PollLoop polls, PollAhead more, Loop loop, Loop ahead) {
        this.polls = polls;
        this.more = more;
        this.loop = loop;
        this.ahead = ahead;
    }

    /** Makes the stages of flows. */
    @Component
    public static class Factory {

        private final LimitedClaims claims;
        private final ClaimJournal journal;
        private final Heartbeat heartbeat;
        private final Loops loops;
        // One flow at a time claims ahead: it takes a connection that others claim with.
        private final Semaphore turn = new Semaphore(1);

        Factory(LimitedClaims claims, ClaimJournal journal, Heartbeat heartbeat, Loops loops) {
            this.claims = claims;
            this.journal = journal;
            this.heartbeat = heartbeat;
            this.loops = loops;
        }

        /** A flow's stage, which is not started. */
        public ClaimingStage of(Flow<?, ?> flow, FlowBreakers breakers, InFlight inFlight, HandlingStage handling) {
            var suspects = new SuspectClaims(
                    flow, journal, claims, inFlight, handling::isOpenToSuspects, handling::keepsOthersOut);
            var poller = new Poller(flow, claims, suspects, heartbeat, breakers, inFlight);
            var more = new PollAhead(poller, handling, inFlight, turn);
            Loop ahead = loops.of(vital("poll-ahead-", flow).whoseFailuresOthersLog(), more);
            Runnable full = () -> {
                more.begin();
                ahead.hurry();
            };
            var polls = new PollLoop(poller, full, suspects, handling, inFlight);
            Loop loop = loops.of(
                    vital("poll-", flow).restingAfterFailure(flow.settings().pollInterval()), polls);
            // What could not be settled, or was claimed without an answer, is to be released soon.
            inFlight.claims().whenAbandoned(loop::hurry);
            more.whenFailed(loop::hurry);
            if (!flow.settings().limits().equals(Limits.NONE)) {
                // There may have been records that only its limit kept waiting.
                inFlight.claims().whenSettled(loop::hurry);
            }
            return new ClaimingStage(polls, more, loop, ahead);
        }

        private static Role vital(String name, Flow<?, ?> flow) {
            return Role.vital(name + flow.name(), "Polls of flow " + flow.name());
        }
    }

    /** Claims from now on, on threads of its own. */
    public void start() {
        loop.start();
        ahead.start();
    }

    /** What claims. */
    public List<Loop> loops() {
        return List.of(loop, ahead);
    }

    /** Ends the rest of a poller that found nothing. */
    public void wakeUp() {
        loop.hurry();
    }

    /** Whether the poller found nothing and rests until it is woken up. */
    public boolean isIdle() {
        return loop.isResting();
    }

    /** No claim is made from now on. */
    public void stopClaiming() {
        polls.stopClaiming();
        more.stopClaiming();
        loop.end();
        ahead.end();
    }

    /** Whether no answer to a claim is to come any more. */
    public boolean isEnded() {
        return loop.isOver() && ahead.isOver();
    }

    /** How long ago it last came round, whether or not the database answered. */
    public Duration sinceLastPoll() {
        return loop.sinceLastRound();
    }
}
