package io.rpaworker.worker;

import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.Claims;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.queue.LimitedClaims.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims a flow's records: batches while its sources answer, one record while one of them is tried again. */
final class Poller {

    private static final Logger log = LoggerFactory.getLogger(Poller.class);
    private static final Duration SUSPECTS_INTERVAL = Duration.ofSeconds(2);

    // A probe that fails for long, or a record that it cannot see, is made up for by a poll of every flow's own.
    private static final int IDLE_ROUNDS = 20;

    private final Flow<?, ?> flow;
    private final Claims claims;
    private final LimitedClaims limited;
    private final Lease lease;
    private final List<Breaker> breakers;
    private final Leftovers leftovers;
    private final FlowMeters meters;
    private final long maxClaimBytes;
    private final ClaimSize size;
    private final Watermark watermark;
    private long suspectsAtNanos = System.nanoTime() - SUSPECTS_INTERVAL.toNanos();

    Poller(
            Flow<?, ?> flow,
            Claims claims,
            LimitedClaims limited,
            Lease lease,
            List<Breaker> breakers,
            Leftovers leftovers,
            FlowMeters meters,
            ClaimSize size,
            WorkerProperties properties) {
        this.flow = flow;
        this.claims = claims;
        this.limited = limited;
        this.lease = lease;
        this.breakers = breakers;
        this.leftovers = leftovers;
        this.meters = meters;
        this.size = size;
        this.maxClaimBytes = properties.maxClaimBytes().toBytes();
        this.watermark = new Watermark(properties.watermarkSweep());
    }

    /** What a poll found. */
    record Polled(ActiveClaim claim, boolean alone) {}

    /**
     * Asks once.
     *
     * @return what was claimed; empty if nothing is due, or if nothing may be claimed now
     * @throws RuntimeException if PostgreSQL does not answer
     */
    Optional<Polled> pollOnce() {
        Optional<Tenure> tenure = lease.tenure();
        if (tenure.isEmpty()) {
            return Optional.empty();
        }
        leftovers.tellUrgent();
        Breaker.Permit permit = breakers.stream()
                .map(Breaker::ask)
                .min(Breaker.Permit::compareTo)
                .orElse(Breaker.Permit.BATCHES);
        if (permit == Breaker.Permit.NOTHING) {
            breakers.forEach(Breaker::unused);
            return Optional.empty();
        }
        Optional<Polled> suspect = permit == Breaker.Permit.BATCHES ? suspect(tenure.get()) : Optional.empty();
        if (suspect.isPresent()) {
            return suspect;
        }
        Claim claim = claim(tenure.get(), permit == Breaker.Permit.BATCHES ? size.next() : 1);
        if (claim.isEmpty()) {
            breakers.forEach(Breaker::unused);
            return Optional.empty();
        }
        return Optional.of(new Polled(new ActiveClaim(claim, tenure.get()), false));
    }

    /**
     * How long to wait after a poll that found nothing. {@link Arrivals} ends the pause when something is due, so it is
     * long, unless it is the lease or a source that is waited for.
     */
    Duration pause() {
        Duration interval = flow.settings().pollInterval();
        boolean open = lease.tenure().isPresent() && breakers.stream().allMatch(it -> it.reason() == null);
        return open ? interval.multipliedBy(IDLE_ROUNDS) : interval;
    }

    /** Notes that a suspect is about to run alone; false if it must not, because that could not be noted. */
    boolean runsAlone(ActiveClaim suspect) {
        try {
            return claims.runsAlone(suspect.id());
        } catch (RuntimeException e) {
            log.debug("Suspect of {} is given back", flow.name(), e);
            return false;
        }
    }

    /** Under which identity it claims; empty while there is none. */
    Optional<String> replicaId() {
        return lease.tenure().map(tenure -> tenure.replica().id());
    }

    private Claim claim(Tenure tenure, int limit) {
        var request = new ClaimRequest(
                UUID.randomUUID(),
                tenure.replica().id(),
                flow.name(),
                limit,
                maxClaimBytes,
                watermark.next(),
                flow.settings().partition());
        long started = System.nanoTime();
        Claim claim;
        try {
            Limits limits = flow.settings().limits();
            claim = limits.equals(Limits.NONE) ? claims.claim(request) : limited.claim(request, limits);
        } catch (RuntimeException e) {
            leftovers.unanswered(request.claimId(), request.replicaId(), request.flow());
            throw e;
        }
        long nanos = System.nanoTime() - started;
        watermark.claimed(claim.isEmpty() ? null : claim.records().getLast().availableAt(), nanos);
        if (!claim.isEmpty()) {
            meters.claimed(claim, nanos);
        }
        return claim;
    }

    private Optional<Polled> suspect(Tenure tenure) {
        if (System.nanoTime() - suspectsAtNanos < SUSPECTS_INTERVAL.toNanos()) {
            return Optional.empty();
        }
        UUID claimId = UUID.randomUUID();
        String replicaId = tenure.replica().id();
        try {
            Limits limits = flow.settings().limits();
            Claim claim = limits.equals(Limits.NONE)
                    ? claims.claimSuspect(claimId, replicaId, flow.name())
                    : limited.claimSuspect(claimId, replicaId, flow.name(), limits);
            if (claim.isEmpty()) {
                // Asked again only after a while: most flows never have one.
                suspectsAtNanos = System.nanoTime();
                return Optional.empty();
            }
            return Optional.of(new Polled(new ActiveClaim(claim, tenure), true));
        } catch (RuntimeException e) {
            leftovers.unanswered(claimId, replicaId, flow.name());
            throw e;
        }
    }
}
