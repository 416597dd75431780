package io.rpaworker.worker.handling;

import io.rpaworker.control.Actor;
import io.rpaworker.failure.FailureLog;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.settling.Settlement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Decodes records, calls the handler, and has it decided what is to become of each record. */
final class HandlerInvoker<P, R extends @Nullable Object> {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(HandlerInvoker.class));

    private final Flow<P, R> flow;
    private final Decisions<P, R> decisions;
    private final Set<HandlerCall> givenUp = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    HandlerInvoker(Flow<P, R> flow, OutcomeTranslator<P, R> translator, Consumer<Settlement<P, R>> settling) {
        this.flow = flow;
        this.decisions = new Decisions<>(translator, settling);
    }

    /** Whose handler it calls. */
    String flow() {
        return flow.name();
    }

    /** How many records one call takes: all of a claim, or one. */
    boolean takesBatches() {
        return flow.handler() instanceof BatchRecordHandler;
    }

    /** Runs one call to its end, or releases its records if calls are stopped; never throws. */
    void run(HandlerCall call) {
        try {
            if (!stopped) {
                handle(call);
            }
        } finally {
            // One that nobody decides about would be held until the process ends.
            call.works().forEach(this::release);
        }
    }

    private void handle(HandlerCall call) {
        switch (flow.handler()) {
            case RecordHandler<P, R> handler -> call.works().forEach(work -> handle(handler, call, work));
            case BatchRecordHandler<P, R> handler -> new BatchCall<>(flow, handler, call, decisions).run();
        }
    }

    /** Interrupts calls and releases their records; whoever is not yet among them comes too late to begin. */
    void stop(Collection<HandlerCall> running) {
        stopped = true;
        for (HandlerCall call : running) {
            call.works().forEach(this::release);
            call.interrupt();
        }
    }

    private void handle(RecordHandler<P, R> handler, HandlerCall call, InFlightRecord work) {
        describe(work);
        try {
            if (decisions.isCancelledBefore(work) || !call.enters(List.of(work))) {
                return;
            }
            Decoded<P> it;
            Outcome<R> outcome;
            try {
                // A payload may have code of its own, and hang in it.
                it = Decoded.of(flow, work);
                outcome = handler.handle(it.record());
            } finally {
                call.leaves();
            }
            decisions.answered(it, outcome, call.nanos());
        } catch (Throwable failure) {
            decisions.failed(call, work, failure);
            log.debug("Record failed", failure);
        } finally {
            MDC.clear();
        }
    }

    private void describe(InFlightRecord work) {
        MDC.put("flow", flow.name());
        MDC.put("record", Long.toString(work.record().id()));
        MDC.put("attempt", Integer.toString(work.attempt()));
        MDC.put("instance", work.claim().lease().instance().id());
    }

    /**
     * Decides about the records of a call that ran too long and goes on all the same; does not wait for its sources.
     */
    void giveUp(HandlerCall call) {
        if (flow.sources().isEmpty()) {
            decisions.timedOut(call);
        } else if (!call.works().stream().allMatch(InFlightRecord::isDecided) && givenUp.add(call)) {
            Thread.ofPlatform().daemon().name("rpa-give-up-" + flow.name()).start(() -> {
                try {
                    decisions.timedOut(call);
                } finally {
                    givenUp.remove(call);
                }
            });
        }
    }

    /** Decides about the records of a call that ends this process. */
    void exited(HandlerCall call) {
        decisions.exited(call);
    }

    /** Who cancels which record, by its id, until the next time. */
    void cancelling(Map<Long, Actor> by, long askedNanos) {
        decisions.cancelling(by, askedNanos);
    }

    /** Whether anybody cancels anything. */
    boolean isCancelling() {
        return decisions.isCancelling();
    }

    /** Who cancels a record, and why; null if nobody does. */
    @Nullable
    String cancelling(InFlightRecord work) {
        return decisions.cancelling(work);
    }

    /** Decides about cancelled records of a call that goes on all the same. */
    void cancelled(HandlerCall call, List<InFlightRecord> works) {
        decisions.cancelled(call, works);
    }

    /** Gives a record back as if it had never been claimed, unless its outcome is decided already. */
    void release(InFlightRecord work) {
        decisions.release(work);
    }
}
