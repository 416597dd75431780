package io.rpaworker.worker.settling;

import org.jspecify.annotations.Nullable;

/** What waits to be settled, which a benchmark takes away instead. */
public final class Gathered<P, R extends @Nullable Object> {

    private final SettlementBuffer<P, R> buffer;

    /** Nothing; at most so many are taken at once. */
    public Gathered(int chunkSize) {
        this.buffer = new SettlementBuffer<>(chunkSize, System::nanoTime);
    }

    public void accept(Settlement<P, R> settlement) {
        buffer.add(settlement);
    }

    public boolean isFull() {
        return buffer.isFull();
    }

    /** Waits for some; answers with how many. */
    public int take() throws InterruptedException {
        return buffer.take().decisions().size();
    }
}
