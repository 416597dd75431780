package io.rpaworker.worker.inflight;

import io.rpaworker.breaker.ClaimPermit;
import io.rpaworker.lease.Lease;
import io.rpaworker.queue.Claim;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A claim that this process is working on, and how far it has come. */
public final class InFlightClaim {

    private final UUID id;
    private final Lease lease;
    private final ClaimPermit permit;
    private final List<InFlightRecord> works;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger undecided;
    private final AtomicInteger unsettled;
    private final long heldSinceNanos = System.nanoTime();
    private volatile boolean forgotten;

    public InFlightClaim(Claim claim, Lease lease, ClaimPermit permit) {
        this.id = claim.id();
        this.lease = lease;
        this.permit = permit;
        this.works = claim.records().stream()
                .map(record -> new InFlightRecord(this, record))
                .toList();
        this.undecided = new AtomicInteger(works.size());
        this.unsettled = new AtomicInteger(works.size());
    }

    public UUID id() {
        return id;
    }

    public Lease lease() {
        return lease;
    }

    /** What allowed it; it ends with the claim's last record. */
    public ClaimPermit permit() {
        return permit;
    }

    /** Whether this process held it already at a moment of {@link System#nanoTime}. */
    public boolean wasHeldAt(long nanoTime) {
        return heldSinceNanos - nanoTime <= 0;
    }

    /** All of its records, in their order. */
    public List<InFlightRecord> works() {
        return works;
    }

    /** Whether its records may still start and settle; what is not settled once this ends is somebody else's. */
    public boolean isTrusted() {
        return lease.isTrusted();
    }

    /** Whether some of its records have not been taken to be started. */
    public boolean hasNext() {
        return left() > 0;
    }

    /** How many of its records have not been taken to be started. */
    public int left() {
        return Math.max(0, works.size() - started.get());
    }

    /**
     * Takes records to be started; each is taken once.
     *
     * @param whole all that are left, or the next one
     * @return null if none is left
     */
    @Nullable
    public List<InFlightRecord> next(boolean whole) {
        int first = started.getAndAdd(whole ? works.size() : 1);
        if (first >= works.size()) {
            return null;
        }
        return whole ? works.subList(first, works.size()) : List.of(works.get(first));
    }

    /** Another record's outcome is decided. */
    void decided() {
        undecided.decrementAndGet();
    }

    /** Whether no more decisions are to come. */
    public boolean isDecided() {
        return undecided.get() == 0;
    }

    /** All of its records were completed in one transaction, which has deleted its row too. */
    public void forgotten() {
        forgotten = true;
    }

    /** Whether its row is gone. */
    public boolean isForgotten() {
        return forgotten;
    }

    /** Counts settled records; true when these were the last. */
    boolean settled(int records) {
        boolean last = unsettled.addAndGet(-records) == 0;
        if (last) {
            permit.end();
        }
        return last;
    }
}
