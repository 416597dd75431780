package io.rpaworker.worker.handling;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.condition.Hanging;
import io.rpaworker.control.Actor;
import io.rpaworker.database.ConnectionShare;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.flow.Flow;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.FlowSettings;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.SettlingStage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The middle stage of a flow: hands claimed records to its handler, in bounded slots, and what is decided about them to
 * the last stage. Claims are offered to it as it has room.
 */
public final class HandlingStage {

    private final Dispatcher dispatcher;
    private final HandlerSlots slots;
    private final CallWatch watch;
    private final HandlerInvoker<?, ?> invoker;
    private final SuspectRunner suspects;
    private final Loop loop;

    private HandlingStage(
            Dispatcher dispatcher,
            HandlerSlots slots,
            CallWatch watch,
            HandlerInvoker<?, ?> invoker,
            SuspectRunner suspects,
            Loop loop) {
        this.dispatcher = dispatcher;
        this.slots = slots;
        this.watch = watch;
        this.invoker = invoker;
        this.suspects = suspects;
        this.loop = loop;
    }

    /** Makes the stages of flows. */
    @Component
    public static class Factory {

        private final Isolation isolation;
        private final DataSource pool;
        private final FlowRegistry flows;
        private final FailureClassifier failures;
        private final JsonMapper json;
        private final Loops loops;

        Factory(
                Isolation isolation,
                DataSource pool,
                FlowRegistry flows,
                FailureClassifier failures,
                JsonMapper json,
                Loops loops) {
            this.isolation = isolation;
            this.pool = pool;
            this.flows = flows;
            this.failures = failures;
            this.json = json;
            this.loops = loops;
        }

        /** A flow's stage; its loop is not started. */
        public <P, R extends @Nullable Object> HandlingStage of(
                Flow<P, R> flow, FlowBreakers breakers, InFlight inFlight, SettlingStage<P, R> settling) {
            var translator =
                    new OutcomeTranslator<>(flow, failures.after(flow.rules()), breakers, json, settling.attempts());
            var invoker = new HandlerInvoker<>(flow, translator, settling::accept);
            var hangs = new HangLog(flow.name());
            var slots = new HandlerSlots(
                    flow.settings().concurrency(),
                    isolation,
                    ConnectionShare.of(pool, flows.shares(), SettlingStage.CONNECTIONS),
                    flow.code().getClass().getClassLoader(),
                    HandlingThreads.of(flow.name(), flow.settings().threads()),
                    hangs);
            FlowSettings settings = flow.settings();
            Duration ahead = settings.claimAhead();
            boolean whole = invoker.takesBatches();
            var demand = new Demand(() -> slots.use(ahead), slots.slots(), ahead, settings.batchSize(), whole);
            var offers = new Offers(demand, whole, ahead, inFlight.time().nanoTime());
            var dispatcher = new Dispatcher(slots, invoker, settling::isFull, offers);
            return new HandlingStage(
                    dispatcher,
                    slots,
                    new CallWatch(flow, slots, hangs, invoker),
                    invoker,
                    new SuspectRunner(inFlight, slots, isolation, invoker),
                    loops.of(Role.vital("dispatch-" + flow.name(), "Hand-outs of flow " + flow.name()), dispatcher));
        }
    }

    /** Hands records out from now on, on a thread of its own. */
    public void start() {
        loop.start();
    }

    /** What hands records out. */
    public Loop loop() {
        return loop;
    }

    /**
     * Waits a moment until another claim is worth while, and keeps room for it, which {@link #offer} or
     * {@link #leaveRoom} has to follow.
     *
     * @return how many records to claim; 0 for none, and then no room is kept
     */
    public int awaitDemand() throws InterruptedException {
        return dispatcher.offers().awaitDemand();
    }

    /** There was nothing to do for a while: what comes next may take longer than what was handled so far. */
    public void forgetTimes() {
        dispatcher.offers().forgetTimes();
    }

    /** The room was not needed after all. */
    public void leaveRoom() {
        dispatcher.offers().leaveRoom();
    }

    /** Takes a claim that there is room for. */
    public void offer(InFlightClaim claim) {
        dispatcher.offers().add(claim);
    }

    /** Whether a suspect could run now. */
    public boolean isOpenToSuspects() {
        return suspects.isOpen();
    }

    /**
     * Runs a suspect to its end, with the process to itself, or releases it if that cannot be.
     *
     * @param read marks it as isolated and reads its payload; false if it is not ours
     * @param starting whether calls may still start
     * @param waiting told again and again as long as this takes
     */
    public void runIsolated(
            InFlightClaim suspect, Predicate<InFlightClaim> read, BooleanSupplier starting, Runnable waiting)
            throws InterruptedException {
        suspects.run(suspect, read, starting, waiting);
    }

    /** Whether the flow is paused: then no record starts, and those that have not are released. */
    public void pause(boolean paused) {
        dispatcher.pause(paused);
    }

    /**
     * Has the calls for records that are cancelled interrupted by {@link #watch}, and does not begin what has not
     * begun; to be called again and again. Who ends then, with a failure, leaves a dead letter of kind cancelled.
     *
     * @param cancelled the ids of the records, and who cancels each
     * @param askedNanos what the monotonic clock showed before they were asked for
     */
    public void cancel(Map<Long, Actor> cancelled, long askedNanos) {
        invoker.cancelling(cancelled, askedNanos);
    }

    /** No record starts from now on; those that have not are released. */
    public void stopStarting() {
        dispatcher.stopStarting();
    }

    /** Interrupts calls that take too long or are cancelled, and gives up on those that do not mind. */
    public void watch() {
        watch.watch();
    }

    /** Decides about the records of calls that end this process: they are what a drain would wait for in vain. */
    public void failExits() {
        slots.running().stream().filter(HandlerCall::hasCalledExit).forEach(invoker::exited);
    }

    /** Interrupts all calls, and releases their records; none begins from now on. */
    public void interruptCalls() {
        invoker.stop(slots.running());
    }

    /**
     * The calls that go on although they were interrupted, as people read them.
     *
     * @param all whether every call was interrupted; otherwise only those that took too long were
     * @return empty if there are none
     */
    public Optional<String> givenUp(boolean all) {
        return watch.givenUp(all);
    }

    /** What takes too long, the longest first. */
    public List<Hanging> hanging(int most) {
        return watch.hanging(most);
    }

    /** Most calls at once. */
    public int slots() {
        return slots.slots();
    }

    /** Slots whose call is within its time. */
    public int busy() {
        return Math.max(0, slots.busy() - slots.stuck());
    }

    /** Slots whose call was interrupted for taking too long, was given up, and goes on all the same. */
    public int stuck() {
        return slots.stuck();
    }

    /** How long the call that began first has run; zero while none runs. */
    public Duration longestCall() {
        return Duration.ofNanos(
                slots.running().stream().mapToLong(HandlerCall::nanos).max().orElse(0));
    }

    /** Lets idle threads end, and the others as soon as they are done; interrupts none. */
    public void end() {
        slots.end();
    }
}
