package io.rpaworker.worker.handling;

import io.rpaworker.control.Actor;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Interrupts one flow's calls for records that somebody cancels, and gives up on those that do not mind. */
final class CancelledCalls {

    private static final Logger log = LoggerFactory.getLogger(CancelledCalls.class);

    // From the interrupt to giving up on the call.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final HandlerInvoker<?, ?> invoker;

    CancelledCalls(HandlerInvoker<?, ?> invoker) {
        this.invoker = invoker;
    }

    /**
     * Interrupts each call once; to be called again and again.
     *
     * @param cancelled who cancels which record
     */
    void interrupt(Collection<HandlerCall> running, Map<Long, Actor> cancelled) {
        invoker.cancelling(cancelled.isEmpty() ? Map.of() : told(cancelled));
        if (!cancelled.isEmpty()) {
            running.forEach(this::interrupt);
        }
    }

    private void interrupt(HandlerCall call) {
        List<InFlightRecord> ignoring = call.cancel(invoker::cancelling, GRACE);
        if (ignoring.isEmpty()) {
            return;
        }
        invoker.cancelled(ignoring, call.nanos());
        if (call.works().stream().allMatch(InFlightRecord::isDecided)) {
            // A suspect must not wait for what may never end.
            call.giveUp();
        }
        log.warn(
                "A call of flow {} ignores the interrupt for records {}, which are cancelled: they are dead letters, and its"
                        + " slot stays taken until it ends",
                invoker.flow(),
                ignoring.stream().map(it -> it.record().id()).toList());
    }

    private static Map<Long, String> told(Map<Long, Actor> cancelled) {
        return cancelled.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, it -> told(it.getValue())));
    }

    private static String told(Actor by) {
        return by.reason().isEmpty() ? by.name() : by.name() + ": " + by.reason();
    }
}
