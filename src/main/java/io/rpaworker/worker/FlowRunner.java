package io.rpaworker.worker;

import io.rpaworker.database.FailureReason;
import io.rpaworker.runtime.DurationText;
import io.rpaworker.runtime.Loop;
import io.rpaworker.runtime.Loops;
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
    private final Pause pause;
    private final Dispatcher dispatcher;
    private final Execution<?, ?> execution;
    private final Calls calls;
    private final HandlingThreads handling;
    private final List<Settler<?, ?>> settlers;
    private final ActiveClaims active;
    private final Leftovers leftovers;
    private final WriteViolations violations;
    private final Fails<?, ?> fails;

    private final Loops loops;
    private final List<Loop> started = new CopyOnWriteArrayList<>();
    // Of these it has been told that they are kept.
    private final Set<Loop> lent = new HashSet<>();
    private volatile boolean stopping;

    FlowRunner(
            Flow<?, ?> flow,
            PollLoop polls,
            Pause pause,
            Dispatcher dispatcher,
            Execution<?, ?> execution,
            Calls calls,
            HandlingThreads handling,
            List<Settler<?, ?>> settlers,
            ActiveClaims active,
            Leftovers leftovers,
            WriteViolations violations,
            Fails<?, ?> fails,
            Loops loops) {
        this.flow = flow;
        this.polls = polls;
        this.pause = pause;
        this.dispatcher = dispatcher;
        this.execution = execution;
        this.calls = calls;
        this.handling = handling;
        this.settlers = settlers;
        this.active = active;
        this.leftovers = leftovers;
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
        calls.watch(flow.settings().recordTimeout(), execution::giveUp);
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

    /** First step: no claim is made from now on, and what has not started is given back. */
    void stopClaiming() {
        stopping = true;
        polls.stopClaiming();
        dispatcher.stopStarting();
        started.forEach(Loop::letEnd);
    }

    /** Second step, when the drain time is over: calls that still run are interrupted and their records given back. */
    void interruptCalls() {
        failExits();
        for (Call call : calls.running()) {
            call.works().forEach(execution::giveBack);
            call.interrupt();
        }
    }

    /**
     * The calls that go on although they were interrupted.
     *
     * @param all whether every call was interrupted; otherwise only those that took too long were
     */
    List<Call> ignoringTheirInterrupt(boolean all) {
        return calls.running().stream()
                .filter(it -> it.isOver() || (all && !it.hasCalledExit()))
                .toList();
    }

    private void failExits() {
        calls.running().stream().filter(Call::hasCalledExit).forEach(execution::exited);
    }

    /** Whether it is a {@code write} of this flow, or a probe, that ends this process. */
    boolean isExiting() {
        return started.stream().map(Loop::thread).anyMatch(Exit::isCalledBy);
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
            leftovers.tell();
        } catch (RuntimeException e) {
            log.warn("Claims of flow {} are left to the sweep: {}", flow.name(), FailureReason.of(e));
        }
    }

    Flow<?, ?> flow() {
        return flow;
    }

    /** What an operator sees of it. */
    FlowState state() {
        int stuck = calls.stuck();
        Duration lentFor =
                started.stream().map(Loop::lentFor).max(Duration::compareTo).orElse(Duration.ZERO);
        return new FlowState(
                flow.name(),
                flow.handledBy(),
                calls.slots(),
                Math.max(0, calls.busy() - stuck),
                stuck,
                polls.sinceLastPoll(),
                calls.hanging(MOST_SHOWN),
                flow.settings().restartWhenStuck(),
                lentFor,
                problems(lentFor));
    }

    private void start(String role, Runnable loop) {
        started.add(loops.start(role + "-" + flow.name(), loop));
    }
}
