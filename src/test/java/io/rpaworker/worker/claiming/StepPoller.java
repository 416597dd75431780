package io.rpaworker.worker.claiming;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The real poller, asked by hand. */
public final class StepPoller {

    private final Poller poller;
    private final SuspectClaims suspects;
    private final InFlight inFlight;

    /**
     * Claims for one flow.
     *
     * @param open whether a suspect could run now
     */
    public StepPoller(
            QueueParts queue,
            Flow<?, ?> flow,
            Heartbeat heartbeat,
            FlowBreakers breakers,
            InFlight inFlight,
            BooleanSupplier open) {
        this.suspects = new SuspectClaims(flow, queue.bookedClaims(), queue.limitedClaims(), inFlight, open);
        this.poller = new Poller(flow, queue.limitedClaims(), suspects, heartbeat, breakers, inFlight);
        this.inFlight = inFlight;
    }

    /**
     * Asks once.
     *
     * @param wanted most records
     * @param batch given what was claimed, unless it is a suspect
     * @param suspect given a suspect that was claimed
     */
    public void pollOnce(int wanted, Consumer<InFlightClaim> batch, Consumer<InFlightClaim> suspect) {
        poller.pollOnce(wanted).ifPresent(it -> {
            inFlight.claims().begin(it.claim());
            (it.suspect() ? suspect : batch).accept(it.claim());
        });
    }

    /** Marks a suspect as isolated and reads it; false if it is not ours any more, or if PostgreSQL does not answer. */
    public boolean read(InFlightClaim suspect) {
        return suspects.read(suspect);
    }
}
