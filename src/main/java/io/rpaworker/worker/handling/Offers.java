package io.rpaworker.worker.handling;

import io.rpaworker.worker.inflight.InFlightClaim;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The claims that are offered to be handed out, and the use that there is for another one. Room is kept for each from
 * the moment that it is wanted to the moment that all of its records have begun or are released.
 */
final class Offers {

    // The claim that is being handed out and the one that waits for it.
    private static final int CLAIMS = 2;
    private static final Duration MOMENT = Duration.ofMillis(200);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);
    private static final Duration GATHERING = Duration.ofMillis(10);

    // What was claimed ahead should have begun by then, with some time to spare.
    private static final Duration PATIENCE_BEYOND_AHEAD = Duration.ofSeconds(2);

    private final Demand demand;
    private final boolean whole;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final BlockingQueue<Offer> offered = new LinkedBlockingQueue<>();
    private final Set<InFlightClaim> waiting = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(CLAIMS);
    private final Semaphore changed = new Semaphore(0);
    private volatile boolean demandIsAwaited;

    /**
     * A claim, and when it was offered.
     *
     * @param nanos by the monotonic clock
     */
    record Offer(InFlightClaim claim, long nanos) {}

    /**
     * None yet.
     *
     * @param whole whether one call takes a whole claim
     * @param claimAhead how much work may wait for a slot
     */
    Offers(Demand demand, boolean whole, Duration claimAhead, LongSupplier nanoTime) {
        this.demand = demand;
        this.whole = whole;
        this.patience = claimAhead.plus(PATIENCE_BEYOND_AHEAD);
        this.nanoTime = nanoTime;
    }

    /**
     * Waits a moment until another claim is worth while, and keeps room for it.
     *
     * @return how many records to claim; 0 for none, and then no room is kept
     */
    int awaitDemand() throws InterruptedException {
        long until = System.nanoTime() + MOMENT.toNanos();
        if (!room.tryAcquire(MOMENT.toNanos(), TimeUnit.NANOSECONDS)) {
            return 0;
        }
        boolean needed = false;
        try {
            int wanted = wantedBefore(until);
            needed = wanted > 0;
            return wanted;
        } finally {
            demandIsAwaited = false;
            if (!needed) {
                leaveRoom();
            }
        }
    }

    private int wantedBefore(long untilNanos) throws InterruptedException {
        demandIsAwaited = true;
        int wanted = wanted();
        while (wanted == 0 && changed.tryAcquire(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            // Of many slots each has something to say.
            Thread.sleep(BETWEEN_LOOKS);
            wanted = wanted();
        }
        if (demand.isWorthAMoment(wanted)) {
            Thread.sleep(GATHERING);
            wanted = wanted();
        }
        return wanted;
    }

    private int wanted() {
        changed.drainPermits();
        return demand.records(waiting.stream()
                .mapToInt(it -> whole ? Math.min(1, it.left()) : it.left())
                .sum());
    }

    /** A call for so many records has ended. */
    void handled(int records, long nanos) {
        demand.handled(records, nanos);
    }

    /** There was nothing to do for a while: what comes next may be of another kind. */
    void forgetTimes() {
        demand.forget();
    }

    /** A record has begun, or a slot is free: somebody may be waiting for just this. */
    void changed() {
        if (demandIsAwaited && changed.availablePermits() == 0) {
            changed.release();
        }
    }

    /** The room was not needed after all. */
    void leaveRoom() {
        room.release();
    }

    /** Takes a claim that there is room for. */
    void add(InFlightClaim claim) {
        waiting.add(claim);
        offered.add(new Offer(claim, nanoTime.getAsLong()));
    }

    /** Waits for the next one; {@link #done} has to follow. */
    Offer take() throws InterruptedException {
        return offered.take();
    }

    /** Whether its records should all have begun by now. */
    boolean isOverdue(Offer offer) {
        return nanoTime.getAsLong() - offer.nanos() > patience.toNanos();
    }

    /** Nothing of it waits any more. */
    void done(InFlightClaim claim) {
        waiting.remove(claim);
        room.release();
        changed();
    }
}
