package io.rpaworker.worker.handling;

import io.rpaworker.condition.Hanging;
import io.rpaworker.flow.Flow;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Interrupts calls of one flow's handler that take longer than its {@code record-timeout} or whose record somebody
 * cancels, and gives up on those that do not mind.
 */
final class CallWatch {

    private static final Logger log = LoggerFactory.getLogger(CallWatch.class);

    // From the interrupt to giving up on the call.
    private static final Duration GRACE = Duration.ofSeconds(2);
    // From the record timeout to a call's having been given up, with what it takes to notice.
    private static final Duration LATEST = Duration.ofSeconds(5);

    private final Flow<?, ?> flow;
    private final HandlerSlots slots;
    private final HangLog hangs;
    private final HandlerInvoker<?, ?> invoker;

    CallWatch(Flow<?, ?> flow, HandlerSlots slots, HangLog hangs, HandlerInvoker<?, ?> invoker) {
        this.flow = flow;
        this.slots = slots;
        this.hangs = hangs;
        this.invoker = invoker;
    }

    /** How long a call of a flow may take until it is given up. */
    static Duration longest(Flow<?, ?> flow) {
        return flow.settings().recordTimeout().plus(LATEST);
    }

    /** Looks at the calls that run; to be called again and again. */
    void watch() {
        for (HandlerCall call : slots.running()) {
            watchTime(call);
            if (invoker.isCancelling()) {
                watchCancellations(call);
            }
            if (!call.isTrusted()) {
                call.interrupt();
            }
        }
        hangs.count();
    }

    private void watchTime(HandlerCall call) {
        Duration timeout = flow.settings().recordTimeout();
        call.interruptIfOverdue(timeout, () -> hangs.overdue(call, timeout));
        if (call.giveUpIfOverdueFor(GRACE)) {
            invoker.giveUp(call);
            hangs.stuck(call, slots.stuck(), slots.slots());
        }
    }

    private void watchCancellations(HandlerCall call) {
        List<InFlightRecord> ignored = call.interruptIfCancelled(invoker::cancelling, GRACE);
        if (ignored.isEmpty()) {
            return;
        }
        invoker.cancelled(call, ignored);
        if (call.works().stream().allMatch(InFlightRecord::isDecided)) {
            call.giveUp();
            hangs.stuck(call, slots.stuck(), slots.slots());
        } else {
            log.warn(
                    "A call of flow {} ignores its interrupt: what somebody cancels, {}, is a dead letter without it, and"
                            + " it goes on for the others",
                    flow.name(),
                    Hanging.ids(ignored.stream().map(it -> it.record().id()).toList()));
        }
    }

    /** What takes too long, the longest first; those that are stuck and those that were just interrupted for it. */
    List<Hanging> hanging(int most) {
        return slots.running().stream()
                .filter(it -> it.isOverdue() || it.isOver())
                // Before they are compared: their clock goes on.
                .map(HandlerCall::hanging)
                .sorted(Comparator.comparing(Hanging::runningFor).reversed())
                .limit(most)
                .toList();
    }

    /**
     * The calls that go on although they were interrupted, as people read them.
     *
     * @param all whether every call was interrupted; otherwise only those that took too long were
     * @return empty if there are none
     */
    Optional<String> givenUp(boolean all) {
        return HangLog.givenUp(
                flow.name(),
                slots.running().stream()
                        .filter(it -> it.isOver() || (all && !it.hasCalledExit()))
                        .toList());
    }
}
