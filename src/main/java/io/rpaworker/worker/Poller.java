package io.rpaworker.worker;

import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.Claims;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Claims a flow's records: batches while its sources answer, one record while one of them is tried again. */
final class Poller {

    private static final Duration SUSPECTS_INTERVAL = Duration.ofSeconds(2);

    private final Flow<?, ?> flow;
    private final Claims claims;
    private final Lease lease;
    private final List<Breaker> breakers;
    private final Leftovers leftovers;
    private final FlowMeters meters;
    private final long maxClaimBytes;
    private final Watermark watermark;
    private long suspectsAtNanos = System.nanoTime() - SUSPECTS_INTERVAL.toNanos();

    Poller(
            Flow<?, ?> flow,
            Claims claims,
            Lease lease,
            List<Breaker> breakers,
            Leftovers leftovers,
            FlowMeters meters,
            WorkerProperties properties) {
        this.flow = flow;
        this.claims = claims;
        this.lease = lease;
        this.breakers = breakers;
        this.leftovers = leftovers;
        this.meters = meters;
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
        leftovers.tell();
        Breaker.Permit permit = breakers.stream()
                .map(Breaker::ask)
                .min(Breaker.Permit::compareTo)
                .orElse(Breaker.Permit.BATCHES);
        if (permit == Breaker.Permit.NOTHING) {
            return Optional.empty();
        }
        Optional<Polled> suspect = permit == Breaker.Permit.BATCHES ? suspect(tenure.get()) : Optional.empty();
        if (suspect.isPresent()) {
            return suspect;
        }
        Claim claim = claim(
                tenure.get(), permit == Breaker.Permit.BATCHES ? flow.settings().batchSize() : 1);
        if (claim.isEmpty()) {
            breakers.forEach(Breaker::unused);
            return Optional.empty();
        }
        return Optional.of(new Polled(new ActiveClaim(claim, tenure.get()), false));
    }

    /** How long to wait after a poll that found nothing: spread, so that many replicas do not ask in step. */
    Duration pause() {
        double spread = ThreadLocalRandom.current().nextDouble(0.8, 1.0);
        return Duration.ofNanos((long) (flow.settings().pollInterval().toNanos() * spread));
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
            claim = claims.claim(request);
        } catch (RuntimeException e) {
            leftovers.unanswered(request.claimId(), request.replicaId(), request.flow());
            throw e;
        }
        if (!claim.isEmpty()) {
            watermark.reached(claim.records().getLast().availableAt());
            meters.claimed(claim, System.nanoTime() - started);
        }
        return claim;
    }

    private Optional<Polled> suspect(Tenure tenure) {
        if (System.nanoTime() - suspectsAtNanos < SUSPECTS_INTERVAL.toNanos()) {
            return Optional.empty();
        }
        UUID claimId = UUID.randomUUID();
        try {
            Claim claim = claims.claimSuspect(claimId, tenure.replica().id(), flow.name());
            if (claim.isEmpty()) {
                // Asked again only after a while: most flows never have one.
                suspectsAtNanos = System.nanoTime();
                return Optional.empty();
            }
            return Optional.of(new Polled(new ActiveClaim(claim, tenure), true));
        } catch (RuntimeException e) {
            leftovers.unanswered(claimId, tenure.replica().id(), flow.name());
            throw e;
        }
    }
}
