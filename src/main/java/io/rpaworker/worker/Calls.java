package io.rpaworker.worker;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of one flow's handler that run at this moment: at most as many as its concurrency. */
final class Calls {

    // From the interrupt to giving up on the call: together with the record timeout this stays below timeout + 5 s.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final int slots;
    private final Semaphore free;
    private final Isolation isolation;
    private final String threadName;
    private final Set<Call> running = ConcurrentHashMap.newKeySet();

    Calls(int slots, Isolation isolation, String threadName) {
        this.slots = slots;
        this.free = new Semaphore(slots);
        this.isolation = isolation;
        this.threadName = threadName;
    }

    /** Waits a moment for a slot; false if there was none. */
    boolean acquire() throws InterruptedException {
        if (!free.tryAcquire(50, TimeUnit.MILLISECONDS)) {
            return false;
        }
        try {
            isolation.enter();
            return true;
        } catch (InterruptedException e) {
            free.release();
            throw e;
        }
    }

    /**
     * Runs calls one after the other in the slot that was acquired, on a virtual thread of its own.
     *
     * @param next what to call the handler with; null for no more
     */
    void start(Supplier<@Nullable List<Work>> next, Consumer<Call> handling) {
        Thread.ofVirtual().name(threadName).start(() -> {
            boolean inside = true;
            try {
                List<Work> works = next.get();
                while (works != null) {
                    inside = run(new Call(works, isolation::leave), handling);
                    works = inside ? next.get() : null;
                }
            } finally {
                free.release();
                if (inside) {
                    isolation.leave();
                }
            }
        });
    }

    /** Runs a call while {@link Isolation} keeps everything else out. */
    void startAlone(List<Work> works, Consumer<Call> handling) throws InterruptedException {
        free.acquire();
        Thread.ofVirtual().name(threadName).start(() -> {
            try {
                run(new Call(works, () -> {}), handling);
            } finally {
                free.release();
            }
        });
    }

    private boolean run(Call call, Consumer<Call> handling) {
        running.add(call);
        call.begin();
        boolean inTime;
        try {
            handling.accept(call);
        } finally {
            running.remove(call);
            inTime = call.end();
        }
        return inTime;
    }

    /**
     * Interrupts calls that take longer than {@code timeout}, and gives up on those that do not mind.
     *
     * @param givenUp told once or more about a call that goes on all the same; its slot stays taken
     */
    void watch(Duration timeout, Consumer<Call> givenUp) {
        for (Call call : running) {
            if (call.isOverdue() && call.hasRunFor(timeout.plus(GRACE))) {
                givenUp.accept(call);
                // A suspect must not wait for what may never end.
                call.giveUp();
            } else if (!call.isOverdue() && call.hasRunFor(timeout)) {
                call.interruptAsOverdue();
            } else if (!call.works().getFirst().claim().isTrusted()) {
                call.interrupt();
            }
        }
    }

    Collection<Call> running() {
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
        return (int) running.stream().filter(Call::isOver).count();
    }
}
