package io.rpaworker.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one flow: a poller claims a batch ahead, a dispatcher hands records to the handler as slots become free,
 * settlers gather what came of it. Stops in steps, which {@link Worker} takes for all flows together.
 */
final class FlowRunner {

    private static final Logger log = LoggerFactory.getLogger(FlowRunner.class);

    // The batch that is being handed out and the one that waits for it.
    private static final int BATCHES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Flow<?, ?> flow;
    private final Poller poller;
    private final Execution<?, ?> execution;
    private final Calls calls;
    private final Isolation isolation;
    private final List<Settler<?, ?>> settlers;
    private final ActiveClaims active;
    private final Leftovers leftovers;

    private final BlockingQueue<ActiveClaim> claimed = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(BATCHES);
    private final Semaphore wakeUp = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean claiming = true;
    private volatile long lastPollNanos = System.nanoTime();

    FlowRunner(
            Flow<?, ?> flow,
            Poller poller,
            Execution<?, ?> execution,
            Calls calls,
            Isolation isolation,
            List<Settler<?, ?>> settlers,
            ActiveClaims active,
            Leftovers leftovers) {
        this.flow = flow;
        this.poller = poller;
        this.execution = execution;
        this.calls = calls;
        this.isolation = isolation;
        this.settlers = settlers;
        this.active = active;
        this.leftovers = leftovers;
    }

    void start() {
        start("poll", this::pollWhileClaiming);
        start("dispatch", this::dispatchUntilInterrupted);
        settlers.forEach(settler -> start("settle", settler));
    }

    /** Ends the pause of a poller that found nothing. */
    void wakeUp() {
        if (wakeUp.availablePermits() == 0) {
            wakeUp.release();
        }
    }

    /** Interrupts calls that take too long. */
    void watch() {
        calls.watch(flow.settings().recordTimeout(), execution::giveUp);
    }

    /** First step: no claim is made from now on, and what has not started is given back. */
    void stopClaiming() {
        claiming = false;
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
        return active.isEmpty();
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

    Calls calls() {
        return calls;
    }

    /** How long ago the poller last came round. */
    Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    private void start(String role, Runnable loop) {
        threads.add(Thread.ofPlatform()
                .daemon()
                .name("rpa-" + role + "-" + flow.name())
                .start(loop));
    }

    private void pollWhileClaiming() {
        while (claiming) {
            boolean found = false;
            try {
                lastPollNanos = System.nanoTime();
                if (!room.tryAcquire(200, TimeUnit.MILLISECONDS)) {
                    continue;
                }
                found = pollOnce();
            } catch (InterruptedException e) {
                return;
            } catch (Throwable e) {
                log.warn("Poll of {} failed: {}", flow.name(), e.toString());
                log.debug("Poll of {} failed", flow.name(), e);
            }
            if (!found) {
                room.release();
                pause();
            }
        }
    }

    private boolean pollOnce() throws InterruptedException {
        Poller.Polled polled = poller.pollOnce().orElse(null);
        if (polled == null) {
            return false;
        }
        active.begin(polled.claim());
        if (polled.alone()) {
            runAlone(polled.claim());
            room.release();
        } else {
            claimed.add(polled.claim());
        }
        return true;
    }

    private void pause() {
        try {
            if (wakeUp.tryAcquire(poller.pause().toNanos(), TimeUnit.NANOSECONDS)) {
                wakeUp.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            claiming = false;
        }
    }

    private void runAlone(ActiveClaim claim) throws InterruptedException {
        List<Work> works = works(claim);
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
            active.awaitSettled(claim);
        } finally {
            isolation.leaveAlone();
        }
    }

    private void dispatchUntilInterrupted() {
        try {
            while (true) {
                ActiveClaim claim = claimed.take();
                try {
                    dispatch(claim);
                } finally {
                    room.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dispatch(ActiveClaim claim) throws InterruptedException {
        List<Work> works = works(claim);
        if (execution.takesBatches()) {
            dispatch(works);
        } else {
            for (Work work : works) {
                dispatch(List.of(work));
            }
        }
    }

    private void dispatch(List<Work> works) throws InterruptedException {
        while (claiming && works.getFirst().claim().isTrusted()) {
            if (calls.acquire()) {
                calls.start(works, execution::run);
                return;
            }
        }
        works.forEach(execution::giveBack);
    }

    private static List<Work> works(ActiveClaim claim) {
        return claim.claim().records().stream()
                .map(record -> new Work(claim, record))
                .toList();
    }
}
