package io.rpaworker.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one flow: a poller claims a batch ahead, a dispatcher hands its records to the handler, settlers tell PostgreSQL
 * what came of it. Stops in steps, which {@link Worker} takes for all flows together.
 */
final class FlowRunner {

    private static final Logger log = LoggerFactory.getLogger(FlowRunner.class);

    private static final Duration RECONCILE_INTERVAL = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Flow<?, ?> flow;
    private final Poller poller;
    private final Dispatcher dispatcher;
    private final Execution<?, ?> execution;
    private final Calls calls;
    private final Isolation isolation;
    private final List<Settler<?, ?>> settlers;
    private final ActiveClaims active;
    private final Leftovers leftovers;

    private final Semaphore wakeUp = new Semaphore(0);
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private long reconciledNanos = System.nanoTime();
    private volatile boolean claiming = true;
    private volatile boolean polling = true;
    private volatile boolean idle;
    private volatile long lastPollNanos = System.nanoTime();
    private volatile long nextPollDueNanos = lastPollNanos;

    FlowRunner(
            Flow<?, ?> flow,
            Poller poller,
            Dispatcher dispatcher,
            Execution<?, ?> execution,
            Calls calls,
            Isolation isolation,
            List<Settler<?, ?>> settlers,
            ActiveClaims active,
            Leftovers leftovers) {
        this.flow = flow;
        this.poller = poller;
        this.dispatcher = dispatcher;
        this.execution = execution;
        this.calls = calls;
        this.isolation = isolation;
        this.settlers = settlers;
        this.active = active;
        this.leftovers = leftovers;
    }

    void start() {
        start("poll", () -> {
            try {
                pollWhileClaiming();
            } finally {
                polling = false;
            }
        });
        start("dispatch", dispatcher);
        settlers.forEach(settler -> start("settle", settler));
    }

    /** Ends the pause of a poller that found nothing. */
    void wakeUp() {
        if (wakeUp.availablePermits() == 0) {
            wakeUp.release();
        }
    }

    /** Whether the poller found nothing and waits to be woken up. */
    boolean isIdle() {
        return idle;
    }

    /** Interrupts calls that take too long. */
    void watch() {
        calls.watch(flow.settings().recordTimeout(), execution::giveUp);
    }

    /** First step: no claim is made from now on, and what has not started is given back. */
    void stopClaiming() {
        claiming = false;
        dispatcher.stopStarting();
        wakeUp();
    }

    /** Second step, when the drain time is over: calls that still run are interrupted and their records given back. */
    void interruptCalls() {
        for (Call call : calls.running()) {
            call.works().forEach(execution::giveBack);
            call.interrupt();
        }
    }

    /** Whether every record that was claimed is settled. */
    boolean isDrained() {
        // A poller may just be getting the answer to its last claim.
        return !polling && active.isEmpty();
    }

    /** Last step. */
    void stop() {
        threads.forEach(Thread::interrupt);
        try {
            leftovers.tell();
        } catch (RuntimeException e) {
            log.warn("Claims of {} are left to the sweep: {}", flow.name(), e.toString());
        }
    }

    Flow<?, ?> flow() {
        return flow;
    }

    /** What an operator sees of it. */
    FlowState state() {
        int stuck = calls.stuck();
        long now = System.nanoTime();
        return new FlowState(
                flow.name(),
                calls.slots(),
                Math.max(0, calls.busy() - stuck),
                stuck,
                Duration.ofNanos(now - lastPollNanos),
                claiming ? Duration.ofNanos(Math.max(0, now - nextPollDueNanos)) : Duration.ZERO,
                !claiming || threads.stream().allMatch(Thread::isAlive));
    }

    private void start(String role, Runnable loop) {
        threads.add(Thread.ofPlatform()
                .daemon()
                .name("rpa-" + role + "-" + flow.name())
                .start(loop));
    }

    private void pollWhileClaiming() {
        boolean answering = true;
        while (claiming) {
            boolean found = false;
            try {
                comeRound();
                if (!dispatcher.awaitRoom()) {
                    continue;
                }
                found = pollOnce();
                if (!answering) {
                    log.info("Polls of {} succeed again", flow.name());
                }
                answering = true;
                // After the claim, which somebody may be waiting for.
                leftovers.tell();
                reconcile();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                if (answering) {
                    log.warn("Polls of {} fail: {}", flow.name(), e.toString());
                }
                answering = false;
                log.debug("Poll of {} failed", flow.name(), e);
            }
            if (!found) {
                dispatcher.leaveRoom();
                pause();
            }
        }
    }

    private void comeRound() {
        lastPollNanos = System.nanoTime();
        nextPollDueNanos = lastPollNanos;
    }

    private boolean pollOnce() throws InterruptedException {
        Poller.Polled polled = poller.pollOnce().orElse(null);
        if (polled == null) {
            return false;
        }
        active.begin(polled.claim());
        if (polled.alone()) {
            runAlone(polled.claim());
            dispatcher.leaveRoom();
        } else {
            dispatcher.add(polled.claim());
        }
        return true;
    }

    private void pause() {
        idle = true;
        long pause = poller.pause().toNanos();
        nextPollDueNanos = System.nanoTime() + pause;
        try {
            if (wakeUp.tryAcquire(pause, TimeUnit.NANOSECONDS)) {
                wakeUp.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            claiming = false;
        } finally {
            idle = false;
        }
    }

    private void reconcile() {
        if (System.nanoTime() - reconciledNanos >= RECONCILE_INTERVAL.toNanos()) {
            reconciledNanos = System.nanoTime();
            poller.replicaId().ifPresent(replica -> leftovers.reconcile(replica, flow.name(), active::holds));
        }
    }

    private void runAlone(ActiveClaim claim) throws InterruptedException {
        List<Work> works = claim.works();
        if (!isolation.enterAlone(PATIENCE)) {
            works.forEach(execution::giveBack);
            return;
        }
        try {
            log.info(
                    "Record {} of {} runs alone: it was under way when a process died",
                    works.getFirst().record().id(),
                    flow.name());
            calls.startAlone(works, execution::run);
            while (!active.awaitSettled(claim)) {
                // It may take as long as its record timeout says; that is no reason to think this loop dead.
                comeRound();
            }
        } finally {
            isolation.leaveAlone();
        }
    }
}
