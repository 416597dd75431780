package io.rpaworker.worker.handling;

import io.rpaworker.database.ConnectionShare;
import io.rpaworker.loop.ThreadLoan;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of one flow's handler that run at this moment: at most as many as its concurrency. */
final class HandlerSlots {

    private static final Duration MOMENT = Duration.ofMillis(50);

    private final int slots;
    private final Semaphore free;
    private final Isolation isolation;
    private final ConnectionShare share;
    private final ClassLoader loader;
    private final HandlingThreads threads;
    private final HangLog hangs;
    private final Set<HandlerCall> running = ConcurrentHashMap.newKeySet();

    /**
     * None.
     *
     * @param loader of the handler's classes, which each call finds as its thread's context
     * @param threads runs each slot on a thread of its own, and throws if it has none
     */
    HandlerSlots(
            int slots,
            Isolation isolation,
            ConnectionShare share,
            ClassLoader loader,
            HandlingThreads threads,
            HangLog hangs) {
        this.slots = slots;
        this.free = new Semaphore(slots);
        this.isolation = isolation;
        this.share = share;
        this.loader = loader;
        this.threads = threads;
        this.hangs = hangs;
    }

    /**
     * What the slots are at.
     *
     * @param free those that nothing has; none while a suspect runs or wants to, since no call may begin
     * @param moving those that are free, or whose call is young; a thread that has no processor yet is at no call
     * @param youngNanos how long the young calls have run, all together
     */
    record Use(int free, int moving, long youngNanos) {}

    /**
     * What the slots are at now.
     *
     * @param young a call that has run for longer is old
     */
    Use use(Duration young) {
        if (isolation.isWanted()) {
            return new Use(0, 0, 0);
        }
        int unused = free.availablePermits();
        int youngCalls = 0;
        long nanos = 0;
        long most = young.toNanos();
        for (HandlerCall call : running) {
            long ran = call.nanosInAll();
            if (ran <= most) {
                youngCalls++;
                nanos += ran;
            }
        }
        return new Use(unused, Math.min(slots, unused + youngCalls), nanos);
    }

    /** Waits a moment until no suspect is in the way, and for a slot; false if there was none. */
    boolean acquire() throws InterruptedException {
        if (!isolation.enter(MOMENT)) {
            return false;
        }
        boolean acquired = false;
        try {
            acquired = free.tryAcquire(MOMENT.toNanos(), TimeUnit.NANOSECONDS);
            return acquired;
        } finally {
            if (!acquired) {
                isolation.leave();
            }
        }
    }

    /**
     * Runs calls one after the other in the slot that was acquired, on a thread of its own, until a suspect wants to be
     * alone.
     *
     * @param next what to call the handler with; null for no more
     * @param ended told when the slot is free again
     */
    void start(Supplier<@Nullable List<InFlightRecord>> next, Consumer<HandlerCall> handling, Runnable ended) {
        var inside = new AtomicBoolean(true);
        Runnable leaving = () -> {
            if (inside.getAndSet(false)) {
                isolation.leave();
            }
        };
        start(
                () -> {
                    List<InFlightRecord> works = take(next);
                    while (works != null) {
                        run(new HandlerCall(works, leaving), handling);
                        works = inside.get() ? take(next) : null;
                    }
                },
                () -> {
                    leaving.run();
                    ended.run();
                });
    }

    /**
     * Runs a call while {@link Isolation} keeps everything else out. Its slot is free then, unless all are stuck.
     *
     * @return false if there is no slot
     */
    boolean startAlone(List<InFlightRecord> works, Consumer<HandlerCall> handling) throws InterruptedException {
        if (!free.tryAcquire(MOMENT.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        start(() -> run(new HandlerCall(works, () -> {}), handling), () -> {});
        return true;
    }

    private @Nullable List<InFlightRecord> take(Supplier<@Nullable List<InFlightRecord>> next) {
        return isolation.isWanted() ? null : next.get();
    }

    private void start(Runnable slot, Runnable leaving) {
        Runnable end = () -> {
            free.release();
            leaving.run();
        };
        try {
            threads.execute(() -> {
                try {
                    share.during(slot);
                } finally {
                    end.run();
                }
            });
        } catch (Throwable e) {
            end.run();
            throw e;
        }
    }

    private void run(HandlerCall call, Consumer<HandlerCall> handling) {
        running.add(call);
        // For each call: threads are kept for the next one.
        var loan = new ThreadLoan(loader);
        call.begin();
        try {
            handling.accept(call);
        } finally {
            running.remove(call);
            boolean inTime = call.end();
            loan.end();
            if (!inTime) {
                hangs.ended(call);
            }
        }
    }

    /** The calls at this moment, those that were given up too. */
    Collection<HandlerCall> running() {
        return running;
    }

    int slots() {
        return slots;
    }

    int busy() {
        return slots - free.availablePermits();
    }

    /** Slots whose call was interrupted for taking too long, was given up, and goes on all the same. */
    int stuck() {
        return (int) running.stream().filter(HandlerCall::isOver).count();
    }

    /** Lets idle threads end, and the others as soon as they are done; interrupts none. */
    void end() {
        threads.end();
    }
}
