package io.rpaworker.worker;

import io.rpaworker.queue.Claim;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A claim that this process is working on, and how many of its records are not settled yet. */
final class ActiveClaim {

    private final Claim claim;
    private final Tenure tenure;
    private final AtomicInteger unsettled;

    ActiveClaim(Claim claim, Tenure tenure) {
        this.claim = claim;
        this.tenure = tenure;
        this.unsettled = new AtomicInteger(claim.records().size());
    }

    UUID id() {
        return claim.id();
    }

    Claim claim() {
        return claim;
    }

    Tenure tenure() {
        return tenure;
    }

    /** Whether its records may still start and settle; what is not settled once this ends is somebody else's. */
    boolean isTrusted() {
        return tenure.isTrusted();
    }

    /** Counts settled records; true when these were the last. */
    boolean settled(int records) {
        return unsettled.addAndGet(-records) == 0;
    }
}
