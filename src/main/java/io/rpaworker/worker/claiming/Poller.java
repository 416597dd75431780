package io.rpaworker.worker.claiming;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.flow.Flow;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.Lease;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.queue.Position;
import io.rpaworker.queue.Watermark;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import java.time.Duration;
import java.util.Optional;

/**
 * Claims a flow's records: batches while its sources answer, one record while one of them is tried again. One thread
 * polls.
 */
final class Poller {

    // A probe that fails for long, or a record that it cannot see, is made up for by a poll of every flow's own.
    private static final int IDLE_ROUNDS = 60;

    private final Flow<?, ?> flow;
    private final LimitedClaims claims;
    private final SuspectClaims suspects;
    private final Heartbeat heartbeat;
    private final FlowBreakers breakers;
    private final InFlight inFlight;
    private final Watermark<Position> watermark;
    private final FittingRecords fitting;
    private boolean careful;
    private boolean busy;
    private boolean asked;

    Poller(
            Flow<?, ?> flow,
            LimitedClaims claims,
            SuspectClaims suspects,
            Heartbeat heartbeat,
            FlowBreakers breakers,
            InFlight inFlight) {
        this.flow = flow;
        this.claims = claims;
        this.suspects = suspects;
        this.heartbeat = heartbeat;
        this.breakers = breakers;
        this.inFlight = inFlight;
        this.fitting = new FittingRecords(inFlight.bounds().maxBytes());
        this.watermark = new Watermark<>(
                inFlight.bounds().fullScanInterval(), inFlight.time().nanoTime());
    }

    /** What a poll found. */
    record Polled(InFlightClaim claim, boolean suspect) {}

    /**
     * Asks once.
     *
     * @param wanted most records, at least 1
     * @return what was claimed; empty if nothing is due, or if nothing may be claimed now
     * @throws RuntimeException if PostgreSQL does not answer
     */
    Optional<Polled> pollOnce(int wanted) {
        asked = false;
        Optional<Lease> lease = heartbeat.lease();
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        inFlight.cleanup().tellUrgent();
        ClaimPermit permit = breakers.ask();
        Optional<Polled> polled = Optional.empty();
        try {
            polled = poll(lease.get(), permit, wanted);
            busy = polled.isPresent();
            asked = permit.extent() != ClaimPermit.Extent.NOTHING;
            return polled;
        } finally {
            if (polled.isEmpty()) {
                permit.end();
            }
        }
    }

    /**
     * Whether PostgreSQL has answered the last poll: not if there was nothing to ask, for want of a lease or a source.
     */
    boolean hasAsked() {
        return asked;
    }

    private Optional<Polled> poll(Lease lease, ClaimPermit permit, int wanted) {
        return switch (permit.extent()) {
            case NOTHING -> Optional.empty();
            case ONE_RECORD -> claim(lease, permit, 1);
            // A record that ends a pause is not to wait for the rare suspect.
            case BATCHES ->
                busy
                        ? suspect(lease).or(() -> claim(lease, permit, wanted))
                        : claim(lease, permit, wanted).or(() -> suspect(lease));
        };
    }

    /**
     * How long to wait after a poll that found nothing. {@link io.rpaworker.worker.wakeup.WakeUpListener} ends the
     * pause when something is due, so it is long, unless it is something else that is waited for: the lease, a source,
     * PostgreSQL, or somebody who has locked what is to be released.
     *
     * @param answered whether the last poll succeeded
     */
    Duration pause(boolean answered) {
        boolean open = heartbeat.lease().isPresent() && !breakers.isAwaited();
        Duration interval = flow.settings().pollInterval();
        return open && answered && !inFlight.cleanup().isUrgent() ? interval.multipliedBy(IDLE_ROUNDS) : interval;
    }

    /** Under which identity it claims; empty while there is none. */
    Optional<String> replicaId() {
        return heartbeat.lease().map(lease -> lease.instance().id());
    }

    private Optional<Polled> suspect(Lease lease) {
        return suspects.claim(lease).map(it -> new Polled(it, true));
    }

    private Optional<Polled> claim(Lease lease, ClaimPermit permit, int limit) {
        Position start = watermark.next();
        var request = new ClaimRequest(
                inFlight.time().ids().get(),
                lease.instance().id(),
                flow.name(),
                flow.owner(),
                fitting.atMost(limit),
                inFlight.bounds().maxBytes(),
                start,
                flow.settings().partition(),
                careful);
        long started = inFlight.time().nanos();
        try {
            Claim claim = claims.claim(request, flow.settings().limits());
            long nanos = inFlight.time().nanos() - started;
            careful = false;
            note(claim, nanos);
            watermark.claimed(start, claim.last(), nanos);
            return claim.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Polled(new InFlightClaim(claim, lease, permit), false));
        } catch (Throwable e) {
            // A payload may have ended the connection, or the server.
            careful = true;
            // Also where the claim has its answer: its records would be held, and by nobody.
            inFlight.cleanup().unanswered(request.claimId(), request.replicaId(), request.flow());
            watermark.unanswered(start);
            throw e;
        }
    }

    private void note(Claim claim, long nanos) {
        if (claim.isEmpty()) {
            return;
        }
        fitting.claimed(
                claim.records().size(),
                claim.records().stream().mapToLong(it -> it.payload().length()).sum());
        inFlight.meters().claimed(claim, nanos);
    }
}
