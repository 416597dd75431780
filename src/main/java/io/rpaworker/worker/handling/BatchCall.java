package io.rpaworker.worker.handling;

import io.rpaworker.failure.FailureLog;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One call of a handler that takes batches: for all of its records together, and for parts of them if that fails.
 *
 * <p>One record may have spoilt the batch for its neighbours, so it is halved, down to the record that stands alone.
 * One that was cancelled is left out; what the interrupt made of its neighbours' call is not held against them.
 */
final class BatchCall<P, R extends @Nullable Object> {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(BatchCall.class));

    private final Flow<P, R> flow;
    private final BatchRecordHandler<P, R> handler;
    private final HandlerCall call;
    private final Decisions<P, R> decisions;

    BatchCall(Flow<P, R> flow, BatchRecordHandler<P, R> handler, HandlerCall call, Decisions<P, R> decisions) {
        this.flow = flow;
        this.handler = handler;
        this.call = call;
        this.decisions = decisions;
    }

    /** Runs it to its end; every record is decided then. */
    void run() {
        handle(decoded(), null);
    }

    private List<Decoded<P>> decoded() {
        var decoded = new ArrayList<Decoded<P>>(call.works().size());
        for (InFlightRecord work : call.works()) {
            try {
                if (call.enters(List.of(work))) {
                    decoded.add(decoded(work));
                }
            } catch (Throwable failure) {
                decisions.failed(call, work, failure);
                call.restart();
            }
        }
        return decoded;
    }

    private Decoded<P> decoded(InFlightRecord work) {
        try {
            return Decoded.of(flow, work);
        } finally {
            call.leaves();
        }
    }

    /** Handles all or a part of it; the whole may have got a wrong number of outcomes. */
    private void handle(List<Decoded<P>> part, @Nullable WrongCountException whole) {
        List<Decoded<P>> wanted = part.stream()
                .filter(it -> !it.work().isDecided() && !decisions.isCancelledBefore(it.work()))
                .toList();
        if (call.enters(wanted.stream().map(Decoded::work).toList())) {
            call(wanted, whole);
        }
    }

    private void call(List<Decoded<P>> part, @Nullable WrongCountException whole) {
        MDC.put("flow", flow.name());
        MDC.put("instance", part.getFirst().work().claim().lease().instance().id());
        try {
            List<Outcome<R>> outcomes;
            try {
                outcomes = handler.handle(part.stream().map(Decoded::record).toList());
            } finally {
                call.leaves();
            }
            if (outcomes == null || outcomes.size() != part.size()) {
                throw new WrongCountException(
                        flow.name(), outcomes == null ? null : outcomes.size(), part.size(), whole);
            }
            long share = call.nanos() / part.size();
            for (int i = 0; i < part.size(); i++) {
                decisions.answered(part.get(i), outcomes.get(i), share);
            }
        } catch (Throwable failure) {
            log.debug("Batch of " + part.size() + " failed", failure);
            failed(part, failure);
        } finally {
            MDC.clear();
        }
    }

    private void failed(List<Decoded<P>> part, Throwable failure) {
        if (call.isOver()) {
            // It was stuck until now, and nothing may run beside a suspect that no longer waits for it.
            decisions.timedOut(call);
            return;
        }
        List<Decoded<P>> others =
                part.stream().filter(it -> it.work().cancelledBy().isEmpty()).toList();
        if (others.size() < part.size()) {
            // What it threw is what the interrupt made of it.
            part.stream()
                    .filter(it -> it.work().cancelledBy().isPresent())
                    .forEach(it -> decisions.failed(call, it.work(), failure));
            again(others, null);
            return;
        }
        if (part.size() == 1 || decisions.isUnavailable(call, failure)) {
            part.forEach(it -> decisions.failed(call, it.work(), failure));
            return;
        }
        int half = part.size() / 2;
        for (List<Decoded<P>> some : List.of(part.subList(0, half), part.subList(half, part.size()))) {
            again(some, failure instanceof WrongCountException wrong ? wrong : null);
        }
    }

    private void again(List<Decoded<P>> part, @Nullable WrongCountException whole) {
        if (call.isTrusted() && call.restart()) {
            handle(part, whole);
        } else {
            part.forEach(it -> decisions.release(it.work()));
        }
    }
}
