package io.rpaworker.worker.claiming;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.flow.Flow;
import io.rpaworker.lease.Lease;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims a flow's suspects, one at a time, and reads each only once it is known to run isolated. */
final class SuspectClaims {

    private static final Logger log = LoggerFactory.getLogger(SuspectClaims.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Flow<?, ?> flow;
    private final ClaimJournal journal;
    private final LimitedClaims limited;
    private final InFlight inFlight;
    private final BooleanSupplier open;
    private long noneAtNanos;

    /**
     * Claims for one flow.
     *
     * @param open whether a suspect could run now
     */
    SuspectClaims(
            Flow<?, ?> flow, ClaimJournal journal, LimitedClaims limited, InFlight inFlight, BooleanSupplier open) {
        this.flow = flow;
        this.journal = journal;
        this.limited = limited;
        this.inFlight = inFlight;
        this.open = open;
        this.noneAtNanos = inFlight.time().nanos() - INTERVAL.toNanos();
    }

    /**
     * Claims a suspect, if one could run now.
     *
     * @throws RuntimeException if PostgreSQL does not answer
     */
    Optional<InFlightClaim> claim(Lease lease) {
        // Asked again only after a while: most flows never have one.
        boolean askedLately = inFlight.time().nanos() - noneAtNanos < INTERVAL.toNanos();
        if (askedLately || !open.getAsBoolean()) {
            return Optional.empty();
        }
        UUID claimId = inFlight.time().ids().get();
        String instance = lease.instance().id();
        long started = inFlight.time().nanos();
        try {
            Claim claim = limited.claimSuspect(
                    claimId,
                    instance,
                    flow.name(),
                    flow.owner(),
                    flow.settings().limits());
            if (claim.isEmpty()) {
                noneAtNanos = inFlight.time().nanos();
                return Optional.empty();
            }
            inFlight.meters().claimed(claim, inFlight.time().nanos() - started);
            return Optional.of(new InFlightClaim(claim, lease, ClaimPermit.BATCHES));
        } catch (RuntimeException e) {
            inFlight.cleanup().unanswered(claimId, instance, flow.name());
            throw e;
        }
    }

    /**
     * Marks a suspect as isolated and then reads it: its payload may be what ends processes, and then it is to be known
     * for having had this one to itself.
     *
     * @return false if it is not ours any more, or if PostgreSQL does not answer
     */
    boolean read(InFlightClaim suspect) {
        try {
            return journal.runsAlone(suspect.id()) && readPayload(suspect);
        } catch (RuntimeException e) {
            log.debug("Suspect of flow {} is released", flow.name(), e);
            return false;
        }
    }

    private boolean readPayload(InFlightClaim suspect) {
        InFlightRecord work = suspect.works().getFirst();
        Claim read = limited.readSuspect(new Claim(suspect.id(), flow.name(), List.of(work.record())));
        read.records().forEach(work::read);
        return !read.isEmpty();
    }
}
