package io.rpaworker.worker.inflight;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The claims of one flow that have records which are not settled yet. */
public final class InFlightClaims {

    private final Set<InFlightClaim> active = ConcurrentHashMap.newKeySet();
    private final ClaimCleanup cleanup;
    private volatile Runnable onSettled = () -> {};
    private volatile Runnable onAbandoned = () -> {};

    /** None. */
    public InFlightClaims(ClaimCleanup cleanup) {
        this.cleanup = cleanup;
    }

    /** Has something done whenever records have been settled. */
    public void whenSettled(Runnable then) {
        onSettled = then;
    }

    /** Has something done whenever records are left to be released later. */
    public void whenAbandoned(Runnable then) {
        onAbandoned = then;
    }

    public void begin(InFlightClaim claim) {
        active.add(claim);
    }

    /** So many more of a claim's records need no further care. */
    public void settled(InFlightClaim claim, int records) {
        if (claim.settled(records)) {
            if (!claim.isForgotten()) {
                cleanup.over(claim.id());
            }
            active.remove(claim);
            synchronized (claim) {
                claim.notifyAll();
            }
        }
        onSettled.run();
    }

    /** These could not be settled, but the database answers; they are released later. */
    public void abandoned(InFlightClaim claim, List<Long> ids) {
        cleanup.abandoned(claim.id(), ids);
        onAbandoned.run();
    }

    /** Whether a claim has records that are not settled yet. */
    public boolean holds(UUID claimId) {
        return active.stream().anyMatch(it -> it.id().equals(claimId));
    }

    public boolean isEmpty() {
        return active.isEmpty();
    }

    /** Waits up to a second or so for a claim's last record; false if some are still unsettled. */
    public boolean awaitSettled(InFlightClaim claim) throws InterruptedException {
        synchronized (claim) {
            if (active.contains(claim)) {
                claim.wait(1_000);
            }
            return !active.contains(claim);
        }
    }
}
