package io.rpaworker.worker.settling;

import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers decisions claim by claim until there are enough of them, until the claim has no more to come, or for some
 * milliseconds: a statement that settles names one claim, so that a stale outcome can never pass for the current one.
 */
final class SettlementBuffer<P, R extends @Nullable Object> {

    // In this time a claim of quick records is handled whole; for a slow one it does not matter.
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    // One statement carries all results of a chunk, and jsonb holds 256 MB at most.
    private static final int MOST_RESULT_CHARACTERS = 4 * 1024 * 1024;

    private final int chunkSize;
    private final LongSupplier nanoTime;
    private final Map<InFlightClaim, Chunk<P, R>> open = new HashMap<>();
    private final DelayQueue<Chunk<P, R>> due = new DelayQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Empty.
     *
     * @param chunkSize most decisions that are settled together
     * @param nanoTime the monotonic clock
     */
    SettlementBuffer(int chunkSize, LongSupplier nanoTime) {
        this.chunkSize = chunkSize;
        this.nanoTime = nanoTime;
    }

    /**
     * Whether records are handled faster than they are settled. None should be started then: what waits here is
     * claimed, and is to be done again should this process die.
     */
    boolean isFull() {
        return waiting.get() >= 2 * chunkSize;
    }

    void add(Settlement<P, R> settlement) {
        waiting.incrementAndGet();
        InFlightClaim claim = settlement.work().claim();
        Chunk<P, R> chunk;
        boolean begun;
        boolean ripe;
        synchronized (this) {
            chunk = open.get(claim);
            begun = chunk == null;
            if (chunk == null) {
                chunk = new Chunk<>(claim, nanoTime);
                open.put(claim, chunk);
            }
            chunk.add(settlement);
            ripe = chunk.decisions.size() >= chunkSize
                    || chunk.resultCharacters >= MOST_RESULT_CHARACTERS
                    || claim.isDecided();
            if (ripe) {
                open.remove(claim);
            }
        }
        if (begun && !ripe) {
            due.add(chunk);
        } else if (ripe && (begun || due.remove(chunk))) {
            chunk.dueNanos = nanoTime.getAsLong();
            due.add(chunk);
        }
    }

    /** Waits for decisions about one claim's records, at most as many as make a chunk. */
    Chunk<P, R> take() throws InterruptedException {
        Chunk<P, R> chunk = due.take();
        synchronized (this) {
            open.remove(chunk.claim, chunk);
        }
        waiting.addAndGet(-chunk.decisions.size());
        return chunk;
    }

    /** Decisions about one claim's records. */
    static final class Chunk<P, R extends @Nullable Object> implements Delayed {

        private final InFlightClaim claim;
        private final List<Settlement<P, R>> decisions = new ArrayList<>();
        private int resultCharacters;
        private final LongSupplier nanoTime;
        private volatile long dueNanos;

        private Chunk(InFlightClaim claim, LongSupplier nanoTime) {
            this.claim = claim;
            this.nanoTime = nanoTime;
            this.dueNanos = nanoTime.getAsLong() + LINGER_NANOS;
        }

        private void add(Settlement<P, R> settlement) {
            decisions.add(settlement);
            if (settlement instanceof Complete<P, R> it && it.resultJson() != null) {
                resultCharacters += it.resultJson().length();
            }
        }

        InFlightClaim claim() {
            return claim;
        }

        List<Settlement<P, R>> decisions() {
            return decisions;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
