package io.rpaworker.worker.handling;

import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Step;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands claimed records to the handler, in their order and as slots become free. A slot takes one record of a claim
 * after the other, so that quick records cost no thread of their own. What has waited in vain for a slot is released:
 * another replica may have one.
 */
final class Dispatcher implements Step {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    // The batch that is being handed out and the one that waits for it.
    private static final int BATCHES = 2;
    private static final Duration SETTLING_PAUSE = Duration.ofMillis(2);
    private static final Duration MOMENT = Duration.ofMillis(200);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);
    private static final Duration GATHERING = Duration.ofMillis(10);
    // What was claimed ahead should have begun by then, with some time to spare.
    private static final Duration PATIENCE_BEYOND_AHEAD = Duration.ofSeconds(2);
    // What is wrong with this process should not go through the whole queue.
    private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);

    private final HandlerSlots slots;
    private final HandlerInvoker<?, ?> invoker;
    private final BooleanSupplier settlingIsFull;
    private final Demand demand;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final BlockingQueue<Offered> offered = new LinkedBlockingQueue<>();
    private final Set<InFlightClaim> waiting = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(BATCHES);
    private final Semaphore changed = new Semaphore(0);
    private final Pace pace = new Pace();
    private volatile boolean starting = true;
    private volatile boolean demandIsAwaited;

    private record Offered(InFlightClaim claim, long atNanos) {}

    /**
     * Has nothing yet.
     *
     * @param claimAhead how much work may wait for a slot
     * @param batchSize most records of a claim
     */
    Dispatcher(
            HandlerSlots slots,
            HandlerInvoker<?, ?> invoker,
            BooleanSupplier settlingIsFull,
            Duration claimAhead,
            int batchSize,
            LongSupplier nanoTime) {
        this.slots = slots;
        this.invoker = invoker;
        this.settlingIsFull = settlingIsFull;
        this.demand =
                new Demand(() -> slots.use(claimAhead), slots.slots(), claimAhead, batchSize, invoker.takesBatches());
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
                .mapToInt(it -> invoker.takesBatches() ? Math.min(1, it.left()) : it.left())
                .sum());
    }

    // Somebody may be waiting for just this.
    private void changes() {
        if (demandIsAwaited && changed.availablePermits() == 0) {
            changed.release();
        }
    }

    /** Nothing is due: what comes next may be of another kind. */
    void forgetTimes() {
        demand.forget();
    }

    /** The room was not needed after all. */
    void leaveRoom() {
        room.release();
    }

    /** Takes a claim that there is room for. */
    void add(InFlightClaim claim) {
        waiting.add(claim);
        offered.add(new Offered(claim, nanoTime.getAsLong()));
    }

    /** No record starts from now on; those that have not are released. */
    void stopStarting() {
        starting = false;
    }

    /** Hands out the records of one claim; if that fails, those that are left are released. */
    @Override
    public Duration comeRound() throws InterruptedException {
        Loop.waits();
        Offered next = offered.take();
        InFlightClaim claim = next.claim();
        try {
            dispatch(claim, next.atNanos() + patience.toNanos());
            return Duration.ZERO;
        } catch (InterruptedException e) {
            // The loop may go on, and nobody else hands these out.
            releaseRest(claim);
            throw e;
        } catch (Throwable e) {
            log.error(
                    "Could not hand out all of {} records; releasing the others",
                    claim.works().size(),
                    e);
            releaseRest(claim);
            return FAILURE_PAUSE;
        } finally {
            waiting.remove(claim);
            room.release();
            changes();
        }
    }

    private void dispatch(InFlightClaim claim, long untilNanos) throws InterruptedException {
        int awake = 0;
        int wanted = pace.atFirst();
        boolean waitsInVain = false;
        while (claim.hasNext() && mayStart(claim) && !waitsInVain) {
            Loop.comesRound(Duration.ZERO);
            int left = claim.left();
            if (awake >= wanted) {
                wanted = afterTrial(claim, awake);
            } else if (slots.acquire()) {
                slots.start(new Slot(claim), invoker::run, this::changes);
                awake++;
            } else {
                waitsInVain = claim.left() == left
                        && nanoTime.getAsLong() - untilNanos > 0
                        // What is released would wait for it too.
                        && !settlingIsFull.getAsBoolean();
            }
        }
        int left = claim.left();
        if (waitsInVain) {
            log.debug("No slot has become free for {} claimed records; releasing them for others", left);
        }
        releaseRest(claim);
        pace.handedOut(claim.works().size() - left);
    }

    /** How many threads the claim is worth after those that are awake have had a moment. */
    private int afterTrial(InFlightClaim claim, int awake) throws InterruptedException {
        int left = claim.left();
        Thread.sleep(Pace.TRIAL);
        // Who waits for settling would do so with others beside it too.
        return settlingIsFull.getAsBoolean() ? awake : pace.after(awake, left - claim.left());
    }

    private void releaseRest(InFlightClaim claim) {
        for (List<InFlightRecord> rest = claim.next(true); rest != null; rest = claim.next(true)) {
            rest.forEach(invoker::release);
        }
    }

    private boolean mayStart(InFlightClaim claim) {
        return starting && claim.isTrusted();
    }

    /** Takes one call's records after the other from a claim, for the thread of one slot. */
    private final class Slot implements Supplier<@Nullable List<InFlightRecord>> {

        private final InFlightClaim claim;
        private long begunNanos;
        private int begun;

        private Slot(InFlightClaim claim) {
            this.claim = claim;
        }

        @Override
        public @Nullable List<InFlightRecord> get() {
            if (begun > 0) {
                pace.handled(System.nanoTime() - begunNanos);
            }
            while (settlingIsFull.getAsBoolean() && mayStart(claim)) {
                try {
                    Thread.sleep(SETTLING_PAUSE);
                } catch (InterruptedException e) {
                    return null;
                }
            }
            long nanos = System.nanoTime();
            if (begun > 0) {
                // With the wait for settling: there is no use in claiming faster than it settles.
                demand.handled(begun, nanos - begunNanos);
            }
            begunNanos = nanos;
            List<InFlightRecord> next = mayStart(claim) ? claim.next(invoker.takesBatches()) : null;
            begun = next == null ? 0 : next.size();
            changes();
            return next;
        }
    }
}
