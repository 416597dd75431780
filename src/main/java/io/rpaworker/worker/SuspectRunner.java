package io.rpaworker.worker;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.flow.Flow;
import io.rpaworker.lease.Lease;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.LimitedClaims;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a flow's suspects, the records that were under way when two processes died: each of them alone in this process.
 *
 * <p>A suspect first asks to be alone and then for a slot, as every other call first enters and then asks for a slot:
 * whoever waited for one while holding the other could wait for ever.
 */
final class SuspectRunner {

    private static final Logger log = LoggerFactory.getLogger(SuspectRunner.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Flow<?, ?> flow;
    private final ClaimJournal claims;
    private final LimitedClaims limited;
    private final HandlerSlots slots;
    private final Isolation isolation;
    private final HandlerInvoker<?, ?> invoker;
    private final InFlightClaims active;
    private final ClaimCleanup cleanup;
    private long noneAtNanos = System.nanoTime() - INTERVAL.toNanos();

    SuspectRunner(
            Flow<?, ?> flow,
            ClaimJournal claims,
            LimitedClaims limited,
            HandlerSlots slots,
            Isolation isolation,
            HandlerInvoker<?, ?> invoker,
            InFlightClaims active,
            ClaimCleanup cleanup) {
        this.flow = flow;
        this.claims = claims;
        this.limited = limited;
        this.slots = slots;
        this.isolation = isolation;
        this.invoker = invoker;
        this.active = active;
        this.cleanup = cleanup;
    }

    /** Whether one runs in this process, or is about to. */
    boolean keepOthersOut() {
        return isolation.isWanted();
    }

    /**
     * Claims a suspect, if one could run now.
     *
     * @throws RuntimeException if PostgreSQL does not answer
     */
    Optional<InFlightClaim> claim(Lease lease) {
        // Asked again only after a while: most flows never have one.
        boolean askedLately = System.nanoTime() - noneAtNanos < INTERVAL.toNanos();
        if (askedLately || !isolation.isOpenToSuspects() || slots.stuck() == slots.slots()) {
            return Optional.empty();
        }
        UUID claimId = UUID.randomUUID();
        String replica = lease.instance().id();
        try {
            Claim claim = limited.claimSuspect(
                    claimId, replica, flow.name(), flow.settings().limits());
            if (claim.isEmpty()) {
                noneAtNanos = System.nanoTime();
                return Optional.empty();
            }
            return Optional.of(new InFlightClaim(claim, lease, ClaimPermit.BATCHES));
        } catch (RuntimeException e) {
            cleanup.unanswered(claimId, replica, flow.name());
            throw e;
        }
    }

    /**
     * Runs a suspect to its end, or gives it back if it cannot be alone.
     *
     * @param starting whether calls may still start
     * @param waiting told again and again as long as this takes
     */
    void run(InFlightClaim suspect, BooleanSupplier starting, Runnable waiting) throws InterruptedException {
        BooleanSupplier mayStart = () -> {
            waiting.run();
            return starting.getAsBoolean() && suspect.isTrusted();
        };
        if (!isolation.enterAlone(mayStart)) {
            release(suspect);
            return;
        }
        boolean started = false;
        try {
            started = readAlone(suspect) && mayStart.getAsBoolean() && slots.startAlone(suspect.works(), invoker::run);
            if (started) {
                awaitEnd(suspect, waiting);
            }
        } finally {
            isolation.leaveAlone(started);
            if (!started) {
                release(suspect);
            }
        }
    }

    private void awaitEnd(InFlightClaim suspect, Runnable waiting) throws InterruptedException {
        log.info(
                "Record {} of {} runs alone: it was under way when processes died",
                suspect.works().getFirst().record().id(),
                flow.name());
        while (!active.awaitSettled(suspect)) {
            waiting.run();
        }
        // As long as the claim is known, nothing else would be to blame for a crash.
        cleanup.tell();
    }

    private boolean read(InFlightClaim suspect) {
        InFlightRecord work = suspect.works().getFirst();
        Claim read = limited.readSuspect(new Claim(suspect.id(), flow.name(), List.of(work.record())));
        read.records().forEach(work::read);
        return !read.isEmpty();
    }

    private void release(InFlightClaim suspect) {
        suspect.works().forEach(invoker::release);
    }

    // Its payload may be what ends processes: this one is to be known for running alone before it is read.
    private boolean readAlone(InFlightClaim suspect) {
        try {
            return claims.runsAlone(suspect.id()) && read(suspect);
        } catch (RuntimeException e) {
            log.debug("Suspect of {} is given back", flow.name(), e);
            return false;
        }
    }
}
