package io.rpaworker.worker.handling;

import io.rpaworker.condition.Hanging;
import io.rpaworker.flow.Flow;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Interrupts calls of one flow's handler that take longer than its {@code record-timeout}, and gives up on those that
 * do not mind.
 */
final class OverdueCalls {

    // From the interrupt to giving up on the call.
    private static final Duration GRACE = Duration.ofSeconds(2);
    // From the record timeout to a call's having been given up, with what it takes to notice.
    private static final Duration LATEST = Duration.ofSeconds(5);

    private final Flow<?, ?> flow;
    private final HandlerSlots slots;
    private final HangLog hangs;
    private final Consumer<HandlerCall> givenUp;

    /**
     * Those in a flow's slots.
     *
     * @param givenUp told once or more about a call that goes on all the same; its slot stays taken
     */
    OverdueCalls(Flow<?, ?> flow, HandlerSlots slots, HangLog hangs, Consumer<HandlerCall> givenUp) {
        this.flow = flow;
        this.slots = slots;
        this.hangs = hangs;
        this.givenUp = givenUp;
    }

    /** How long a call of a flow may take until it is given up. */
    static Duration longest(Flow<?, ?> flow) {
        return flow.settings().recordTimeout().plus(LATEST);
    }

    /** Looks at the calls that run; to be called again and again. */
    void watch() {
        Duration timeout = flow.settings().recordTimeout();
        for (HandlerCall call : slots.running()) {
            if (call.isOverdue() && call.hasRunFor(timeout.plus(GRACE))) {
                givenUp.accept(call);
                // A suspect must not wait for what may never end.
                call.giveUp();
                hangs.stuck(call, slots.stuck(), slots.slots());
            } else if (!call.isOverdue() && call.hasRunFor(timeout)) {
                call.interruptIfOverdue(timeout, () -> hangs.overdue(call, timeout));
            } else if (!call.isTrusted()) {
                call.interrupt();
            }
        }
        hangs.count();
    }

    /** What takes too long, the longest first; those that are stuck and those that were just interrupted for it. */
    List<Hanging> hanging(int most) {
        return slots.running().stream()
                .filter(HandlerCall::isOverdue)
                .sorted(Comparator.comparingLong(HandlerCall::nanos).reversed())
                .limit(most)
                .map(HandlerCall::hanging)
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
