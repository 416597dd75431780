package io.rpaworker.worker.inflight;

import io.rpaworker.queue.Claim.ClaimedRecord;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A claimed record on its way through this process. Its outcome is decided once: by its handler, by the watch that
 * finds it overdue, or by the shutdown, whichever comes first.
 */
public final class InFlightRecord {

    private final InFlightClaim claim;
    private volatile ClaimedRecord record;
    private final AtomicBoolean decided = new AtomicBoolean();
    private volatile @Nullable String cancelledBy;

    InFlightRecord(InFlightClaim claim, ClaimedRecord record) {
        this.claim = claim;
        this.record = record;
    }

    public InFlightClaim claim() {
        return claim;
    }

    public ClaimedRecord record() {
        return record;
    }

    /** Its payload was not claimed with it, and is known now. */
    public void read(ClaimedRecord withPayload) {
        record = withPayload;
    }

    /** From 1; failures so far are attempts. Their count may be below 0, or at its end, by somebody's SQL. */
    public int attempt() {
        return Math.clamp(record.retryCount() + 1L, 1, Integer.MAX_VALUE);
    }

    /** True for the first caller: its decision is the one that counts. */
    public boolean decide() {
        boolean first = decided.compareAndSet(false, true);
        if (first) {
            claim.decided();
        }
        return first;
    }

    /** Somebody cancels it: its call is interrupted, and if that fails, this is why. */
    public void cancel(String by) {
        cancelledBy = by;
    }

    /** Who cancels it, and why; empty if nobody does. */
    public Optional<String> cancelledBy() {
        return Optional.ofNullable(cancelledBy);
    }

    public boolean isDecided() {
        return decided.get();
    }
}
