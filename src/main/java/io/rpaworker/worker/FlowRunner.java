package io.rpaworker.worker;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.condition.FlowCondition;
import io.rpaworker.control.FlowPause;
import io.rpaworker.control.Orders;
import io.rpaworker.database.Timestamps;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.Limits;
import io.rpaworker.loop.Loop;
import io.rpaworker.text.DurationText;
import io.rpaworker.text.FailureReason;
import io.rpaworker.worker.claiming.ClaimingStage;
import io.rpaworker.worker.handling.CallStack;
import io.rpaworker.worker.handling.HandlingStage;
import io.rpaworker.worker.handling.SystemExit;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.settling.SettlingStage;
import io.rpaworker.worker.wakeup.IdleFlow;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one flow in three stages: one claims records, one hands them to the handler, one settles them. Stops in steps,
 * which {@link Worker} takes for all flows together.
 */
final class FlowRunner implements IdleFlow {

    private static final Logger log = LoggerFactory.getLogger(FlowRunner.class);

    // Enough to look for a pattern in.
    private static final int MOST_SHOWN = 10;

    private final Flow<?, ?> flow;
    private final ClaimingStage claiming;
    private final HandlingStage handling;
    private final SettlingStage<?, ?> settling;
    private final FlowBreakers breakers;
    private final InFlight inFlight;
    // Loops that were found lent for too long, and told of.
    private final Set<Loop> lent = new HashSet<>();
    private volatile boolean stopping;
    private volatile @Nullable FlowPause pause;

    FlowRunner(
            Flow<?, ?> flow,
            ClaimingStage claiming,
            HandlingStage handling,
            SettlingStage<?, ?> settling,
            FlowBreakers breakers,
            InFlight inFlight) {
        this.flow = flow;
        this.claiming = claiming;
        this.handling = handling;
        this.settling = settling;
        this.breakers = breakers;
        this.inFlight = inFlight;
    }

    void start() {
        settling.start();
        handling.start();
        claiming.start();
    }

    @Override
    public String name() {
        return flow.name();
    }

    @Override
    public Duration pollInterval() {
        return flow.settings().pollInterval();
    }

    @Override
    public boolean isLimited() {
        return !flow.settings().limits().equals(Limits.NONE);
    }

    @Override
    public void wakeUp() {
        claiming.wakeUp();
    }

    @Override
    public boolean isIdle() {
        return claiming.isIdle();
    }

    /**
     * Does what operators have ordered. While a flow is paused nothing is claimed and nothing begins, what is claimed
     * and has not begun is released, and what runs finishes.
     */
    void obey(Orders orders) {
        FlowPause before = pause;
        FlowPause now = orders.pauseOf(flow.name(), flow.owner()).orElse(null);
        pause = now;
        if ((now == null) != (before == null)) {
            log.info("Flow {} {}", flow.name(), told(now));
            claiming.pause(now != null);
            handling.pause(now != null);
        }
        handling.cancel(orders.cancellations(), orders.askedNanos());
    }

    private static String told(@Nullable FlowPause pause) {
        return pause == null
                ? "goes on"
                : "is paused by %s%s%s; its records wait"
                        .formatted(
                                pause.by(),
                                pause.until() == null ? "" : " until " + Timestamps.text(pause.until()),
                                pause.reason().isEmpty() ? "" : " (" + pause.reason() + ")");
    }

    /** Interrupts calls that take too long, and does not wait for those that are what stops this process. */
    void watch() {
        if (stopping) {
            handling.failExits();
        }
        handling.watch();
        loops().forEach(this::watch);
        settling.tellWhatIsOver();
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
                    loop.thread().map(CallStack::of).orElse(null));
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
        return Stream.concat(late, settling.violation().stream()).toList();
    }

    /** First step: no claim is made from now on, and what has not started is released. */
    void stopClaiming() {
        stopping = true;
        claiming.stopClaiming();
        handling.stopStarting();
        loops().forEach(Loop::excuse);
    }

    /** Second step, when the drain time is over: calls that still run are interrupted and their records released. */
    void interruptCalls() {
        handling.failExits();
        handling.interruptCalls();
    }

    /**
     * The calls that go on although they were interrupted, as people read them; empty if there are none.
     *
     * @param all whether every call was interrupted; otherwise only those that took too long were
     */
    Optional<String> givenUp(boolean all) {
        return handling.givenUp(all);
    }

    /** Whether it is a {@code write} of this flow, or a probe, that ends this process. */
    boolean isExiting() {
        return loops().map(Loop::thread).flatMap(Optional::stream).anyMatch(SystemExit::isCalledBy);
    }

    /** Whether every record that was claimed is settled. */
    boolean isDrained() {
        // A poller may just be getting the answer to its last claim.
        return claiming.isEnded() && inFlight.claims().isEmpty();
    }

    /** Last step. */
    void stop() {
        handling.end();
        settling.stop();
        loops().forEach(Loop::stop);
        settling.tellAll();
        try {
            inFlight.cleanup().tell();
        } catch (RuntimeException e) {
            log.warn("Claims of flow {} are left to recovery: {}", flow.name(), FailureReason.of(e));
        }
    }

    Flow<?, ?> flow() {
        return flow;
    }

    /** What an operator sees of it. */
    FlowState state() {
        Duration lentFor = loops().map(Loop::lentFor).max(Duration::compareTo).orElse(Duration.ZERO);
        return new FlowState(
                flow.name(),
                flow.handledBy(),
                handling.slots(),
                handling.busy(),
                handling.stuck(),
                claiming.sinceLastPoll(),
                handling.hanging(MOST_SHOWN),
                flow.settings().restartWhenStuck(),
                lentFor,
                problems(lentFor));
    }

    /** What hinders it, as other replicas are told. */
    FlowCondition condition() {
        // Before it is asked whether this is obeyed: a pause that comes meanwhile is not.
        FlowPause known = pause;
        boolean obeyed = claiming.isParked()
                || (claiming.isEnded() && !inFlight.cleanup().isUrgent());
        return new FlowCondition(
                flow.name(),
                // A flow that is paused waits for nothing else, and nobody asks its sources meanwhile.
                known == null ? breakers.awaited() : List.of(),
                handling.hanging(MOST_SHOWN),
                handling.slots(),
                handling.stuck(),
                known != null && obeyed ? known.since() : null);
    }

    private Stream<Loop> loops() {
        return Stream.concat(Stream.of(claiming.loop(), handling.loop()), settling.loops().stream());
    }
}
