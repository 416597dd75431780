package io.rpaworker.worker;

import io.rpaworker.database.FailureReason;
import io.rpaworker.flow.Flow;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one flow: a poller claims a batch ahead, with a second one beside it while batches come full, a dispatcher hands
 * their records to the handler, settlers tell PostgreSQL what came of it. Stops in steps, which {@link Worker} takes
 * for all flows together.
 */
final class FlowRunner {

    private static final Logger log = LoggerFactory.getLogger(FlowRunner.class);

    // Enough to look for a pattern in.
    private static final int MOST_SHOWN = 10;

    private final Flow<?, ?> flow;
    private final PollLoop polls;
    private final IdlePause pause;
    private final Dispatcher dispatcher;
    private final HandlerInvoker<?, ?> invoker;
    private final HandlerSlots slots;
    private final HandlingThreads handling;
    private final List<Settler<?, ?>> settlers;
    private final InFlightClaims active;
    private final ClaimCleanup cleanup;
    private final WriteViolations violations;
    private final FailedAttempts<?, ?> fails;

    private final Loops loops;
    private final List<Loop> started = new CopyOnWriteArrayList<>();
    // Of these it has been told that they are kept.
    private final Set<Loop> lent = new HashSet<>();
    private volatile boolean stopping;

    FlowRunner(
            Flow<?, ?> flow,
            PollLoop polls,
            IdlePause pause,
            Dispatcher dispatcher,
            HandlerInvoker<?, ?> invoker,
            HandlerSlots slots,
            HandlingThreads handling,
            List<Settler<?, ?>> settlers,
            InFlightClaims active,
            ClaimCleanup cleanup,
            WriteViolations violations,
            FailedAttempts<?, ?> fails,
            Loops loops) {
        this.flow = flow;
        this.polls = polls;
        this.pause = pause;
        this.dispatcher = dispatcher;
        this.invoker = invoker;
        this.slots = slots;
        this.handling = handling;
        this.settlers = settlers;
        this.active = active;
        this.cleanup = cleanup;
        this.violations = violations;
        this.fails = fails;
        this.loops = loops;
    }

    void start() {
        start("poll", polls);
        start("poll-ahead", polls.ahead());
        start("dispatch", dispatcher);
        settlers.forEach(settler -> start("settle", settler));
    }

    /** Ends the pause of a poller that found nothing. */
    void wakeUp() {
        pause.end();
    }

    /** Whether the poller found nothing and waits to be woken up. */
    boolean isIdle() {
        return pause.isGoing();
    }

    /** Interrupts calls that take too long, and does not wait for those that are what stops this process. */
    void watch() {
        if (stopping) {
            failExits();
        }
        slots.watch(flow.settings().recordTimeout(), invoker::giveUp);
        started.forEach(this::watch);
        fails.tellWhatIsOver();
    }

    // A write, a probe or a rule is in no call, and nothing interrupts it: what it holds in rpa_db would be in doubt.
    private void watch(Loop loop) {
        Duration lentFor = loop.lentFor();
        if (!isLong(lentFor)) {
            lent.remove(loop);
        } else if (lent.add(loop)) {
            log.warn(
                    "A write, a probe or a rule of flow {} takes longer than its record-timeout, {}, and keeps a thread of"
                            + " the worker's: for {}",
                    flow.name(),
                    DurationText.of(flow.settings().recordTimeout()),
                    DurationText.of(lentFor),
                    CallStack.of(loop.thread()));
        }
    }

    private boolean isLong(Duration lentFor) {
        return lentFor.compareTo(flow.settings().recordTimeout()) > 0;
    }

    private List<String> problems(Duration lentFor) {
        Stream<String> late = isLong(lentFor)
                ? Stream.of("A write, a probe or a rule of flow %s has gone on for %s"
                        .formatted(flow.name(), DurationText.of(lentFor)))
                : Stream.empty();
        return Stream.concat(late, violations.last().stream()).toList();
    }

    /** First step: no claim is made from now on, and what has not started is released. */
    void stopClaiming() {
        stopping = true;
        polls.stopClaiming();
        dispatcher.stopStarting();
        started.forEach(Loop::letEnd);
    }

    /** Second step, when the drain time is over: calls that still run are interrupted and their records released. */
    void interruptCalls() {
        failExits();
        for (HandlerCall call : slots.running()) {
            call.works().forEach(invoker::release);
            call.interrupt();
        }
    }

    /**
     * The calls that go on although they were interrupted.
     *
     * @param all whether every call was interrupted; otherwise only those that took too long were
     */
    List<HandlerCall> ignoringTheirInterrupt(boolean all) {
        return slots.running().stream()
                .filter(it -> it.isOver() || (all && !it.hasCalledExit()))
                .toList();
    }

    private void failExits() {
        slots.running().stream().filter(HandlerCall::hasCalledExit).forEach(invoker::exited);
    }

    /** Whether it is a {@code write} of this flow, or a probe, that ends this process. */
    boolean isExiting() {
        return started.stream().map(Loop::thread).anyMatch(SystemExit::isCalledBy);
    }

    /** Whether every record that was claimed is settled. */
    boolean isDrained() {
        // A poller may just be getting the answer to its last claim.
        return polls.isEnded() && active.isEmpty();
    }

    /** Last step. */
    void stop() {
        handling.end();
        settlers.forEach(Settler::stop);
        started.forEach(Loop::stop);
        fails.tellAll();
        try {
            cleanup.tell();
        } catch (RuntimeException e) {
            log.warn("Claims of flow {} are left to the sweep: {}", flow.name(), FailureReason.of(e));
        }
    }

    Flow<?, ?> flow() {
        return flow;
    }

    /** What an operator sees of it. */
    FlowState state() {
        int stuck = slots.stuck();
        Duration lentFor =
                started.stream().map(Loop::lentFor).max(Duration::compareTo).orElse(Duration.ZERO);
        return new FlowState(
                flow.name(),
                flow.handledBy(),
                slots.slots(),
                Math.max(0, slots.busy() - stuck),
                stuck,
                polls.sinceLastPoll(),
                slots.hanging(MOST_SHOWN),
                flow.settings().restartWhenStuck(),
                lentFor,
                problems(lentFor));
    }

    private void start(String role, Runnable loop) {
        started.add(loops.start(role + "-" + flow.name(), loop));
    }
}
