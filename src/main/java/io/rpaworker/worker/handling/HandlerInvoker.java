package io.rpaworker.worker.handling;

import io.rpaworker.failure.FailureLog;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.BatchRecordHandler;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.settling.Settlement;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Decodes records, calls the handler, and decides what is to become of each record. */
final class HandlerInvoker<P, R extends @Nullable Object> {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(HandlerInvoker.class));

    private final Flow<P, R> flow;
    private final OutcomeTranslator<P, R> translator;
    private final Consumer<Settlement<P, R>> settling;
    private final Set<HandlerCall> givenUp = ConcurrentHashMap.newKeySet();
    private volatile Map<Long, String> cancelling = Map.of();

    HandlerInvoker(Flow<P, R> flow, OutcomeTranslator<P, R> translator, Consumer<Settlement<P, R>> settling) {
        this.flow = flow;
        this.translator = translator;
        this.settling = settling;
    }

    /** Whose handler it calls. */
    String flow() {
        return flow.name();
    }

    /** How many records one call takes: all of a claim, or one. */
    boolean takesBatches() {
        return flow.handler() instanceof BatchRecordHandler;
    }

    /** Runs one call to its end; never throws. */
    void run(HandlerCall call) {
        try {
            switch (flow.handler()) {
                case RecordHandler<P, R> handler -> call.works().forEach(work -> handleOne(handler, call, work));
                case BatchRecordHandler<P, R> handler -> handleBatch(handler, call, decoded(call.works()), null);
            }
        } finally {
            // There should be none; one that nobody decides about would be held until the process ends.
            call.works().forEach(this::release);
        }
    }

    /**
     * Decides about the records of a call that ran too long and goes on all the same; does not wait for its sources.
     */
    void giveUp(HandlerCall call) {
        if (flow.sources().isEmpty()) {
            timeOut(call);
        } else if (call.works().stream().anyMatch(it -> !it.isDecided()) && givenUp.add(call)) {
            Thread.ofPlatform().daemon().name("rpa-give-up-" + flow.name()).start(() -> {
                try {
                    timeOut(call);
                } finally {
                    givenUp.remove(call);
                }
            });
        }
    }

    private void timeOut(HandlerCall call) {
        boolean alone = call.works().size() == 1;
        boolean answer = translator.sourcesAnswerSoon();
        call.works()
                .forEach(work -> decide(work, () -> {
                    Settlement<P, R> decision = translator.onTimeout(work, call.nanos(), alone, answer);
                    call.decided(fate(decision));
                    return decision;
                }));
    }

    private static String fate(Settlement<?, ?> decision) {
        return switch (decision) {
            case Fail<?, ?> it -> fate(it.failure().retryAfter());
            case Release<?, ?> it -> "its work is given back, as a source does not answer";
            case Suspect<?, ?> it -> "each of its records is tried again alone";
            case Complete<?, ?> it -> "its record is completed";
        };
    }

    private static String fate(@Nullable Duration retryAfter) {
        return retryAfter == null
                ? "its record is a dead letter"
                : "its record fails, and is tried again in " + DurationText.of(retryAfter);
    }

    /** Decides about the records of a call that ends this process: released, they would end every one in turn. */
    void exited(HandlerCall call) {
        boolean alone = call.works().size() == 1;
        call.works().forEach(work -> decide(work, () -> translator.onExit(work, call.nanos(), alone)));
    }

    /** Who cancels which record, by its id, until the next time. */
    void cancelling(Map<Long, String> by) {
        cancelling = by;
    }

    /** Who cancels a record; null if nobody does. */
    @Nullable
    String cancelling(InFlightRecord work) {
        return cancelling.get(work.record().id());
    }

    /** Decides about records that somebody has cancelled, whether or not their call has ended. */
    void cancelled(List<InFlightRecord> works, long nanos) {
        works.forEach(work -> decide(work, () -> translator.onCancel(work, nanos)));
    }

    /** Gives a record back as if it had never been claimed, unless its outcome is decided already. */
    void release(InFlightRecord work) {
        decide(work, () -> translator.release(work));
    }

    private void handleOne(RecordHandler<P, R> handler, HandlerCall call, InFlightRecord work) {
        describe(work);
        try {
            if (isCancelledBefore(work)) {
                return;
            }
            WorkRecord<P> record = workRecord(work);
            Outcome<R> outcome;
            call.enters(List.of(work));
            try {
                outcome = handler.handle(record);
            } finally {
                call.leaves();
            }
            decide(work, () -> translator.onOutcome(work, record, outcome, call.nanos()));
        } catch (Throwable failure) {
            failed(call, work, failure);
            log.debug("Record failed", failure);
        } finally {
            MDC.clear();
        }
    }

    private List<Decoded<P>> decoded(List<InFlightRecord> works) {
        var decoded = new ArrayList<Decoded<P>>(works.size());
        for (InFlightRecord work : works) {
            try {
                decoded.add(new Decoded<>(work, workRecord(work)));
            } catch (Throwable e) {
                // Mostly a bad payload; a payload's own code or constraints may be broken as well.
                decide(work, () -> translator.onFailure(work, e, 0));
            }
        }
        return decoded;
    }

    /** Handles a batch, or a part of one; whose whole may have got a wrong number of outcomes. */
    private void handleBatch(
            BatchRecordHandler<P, R> handler,
            HandlerCall call,
            List<Decoded<P>> batch,
            @Nullable WrongCountException whole) {
        if (batch.stream().allMatch(it -> it.work().isDecided())) {
            return;
        }
        List<Decoded<P>> wanted =
                batch.stream().filter(it -> !isCancelledBefore(it.work())).toList();
        if (wanted.size() < batch.size()) {
            handleBatch(handler, call, wanted, null);
            return;
        }
        MDC.put("flow", flow.name());
        MDC.put("instance", batch.getFirst().work().claim().lease().instance().id());
        try {
            List<Outcome<R>> outcomes;
            call.enters(batch.stream().map(Decoded::work).toList());
            try {
                outcomes = handler.handle(batch.stream().map(Decoded::record).toList());
            } finally {
                call.leaves();
            }
            if (outcomes == null || outcomes.size() != batch.size()) {
                throw new WrongCountException(
                        flow.name(), outcomes == null ? null : outcomes.size(), batch.size(), whole);
            }
            long share = call.nanos() / batch.size();
            for (int i = 0; i < batch.size(); i++) {
                Decoded<P> it = batch.get(i);
                Outcome<R> outcome = outcomes.get(i);
                decide(it.work(), () -> translator.onOutcome(it.work(), it.record(), outcome, share));
            }
        } catch (Throwable failure) {
            log.debug("Batch of " + batch.size() + " failed", failure);
            batchFailed(handler, call, batch, failure);
        } finally {
            MDC.clear();
        }
    }

    private void batchFailed(
            BatchRecordHandler<P, R> handler, HandlerCall call, List<Decoded<P>> batch, Throwable failure) {
        List<Decoded<P>> others =
                batch.stream().filter(it -> it.work().cancelledBy().isEmpty()).toList();
        if (others.size() < batch.size()) {
            // What it threw is what the interrupt made of it.
            batch.forEach(it -> endsCancelled(call, it.work()));
            again(handler, call, others, null);
            return;
        }
        if (batch.size() == 1 || translator.isUnavailable(failure, endsOverdue(call))) {
            batch.forEach(it -> failed(call, it.work(), failure));
            return;
        }
        // One record may have spoilt the batch for its neighbours: halves, down to the record that stands alone.
        int half = batch.size() / 2;
        for (List<Decoded<P>> part : List.of(batch.subList(0, half), batch.subList(half, batch.size()))) {
            boolean wasInterrupted = Thread.interrupted();
            if (wasInterrupted && !call.isOverdue()) {
                Thread.currentThread().interrupt();
            }
            again(handler, call, part, failure instanceof WrongCountException wrong ? wrong : null);
        }
    }

    private void again(
            BatchRecordHandler<P, R> handler,
            HandlerCall call,
            List<Decoded<P>> part,
            @Nullable WrongCountException whole) {
        if (part.isEmpty()) {
            return;
        }
        if (call.isTrusted()) {
            call.restart();
            handleBatch(handler, call, part, whole);
        } else {
            part.forEach(it -> release(it.work()));
        }
    }

    private boolean endsCancelled(HandlerCall call, InFlightRecord work) {
        if (work.cancelledBy().isEmpty()) {
            return false;
        }
        cancelled(List.of(work), call.nanos());
        return true;
    }

    // Nor is the handler called for what was cancelled while it waited.
    private boolean isCancelledBefore(InFlightRecord work) {
        String by = cancelling(work);
        if (by == null) {
            return false;
        }
        work.cancel(by);
        cancelled(List.of(work), 0);
        return true;
    }

    private void failed(HandlerCall call, InFlightRecord work, Throwable failure) {
        if (endsCancelled(call, work)) {
            return;
        }
        boolean overdue = endsOverdue(call);
        decide(
                work,
                () -> overdue
                        ? translator.onTimeout(work, call.nanos(), true, translator.sourcesAnswer())
                        : translator.onFailure(work, failure, call.nanos()));
    }

    // The interrupt was the handler's. A probe that found it would fail.
    private static boolean endsOverdue(HandlerCall call) {
        boolean overdue = call.isOverdue();
        if (overdue) {
            Thread.interrupted();
        }
        return overdue;
    }

    private void decide(InFlightRecord work, Supplier<Settlement<P, R>> decision) {
        if (work.isDecided()) {
            return;
        }
        Settlement<P, R> decided;
        try {
            decided = decision.get();
        } catch (Throwable broken) {
            // A result that cannot be written as JSON, an outcome that throws: the record's own failure.
            decided = translator.onFailure(work, broken, 0);
        }
        if (work.decide()) {
            settling.accept(decided);
        }
    }

    private WorkRecord<P> workRecord(InFlightRecord work) {
        ClaimedRecord record = work.record();
        String flaw = record.flaw();
        if (flaw != null) {
            throw new InvalidPayloadException(flaw, null);
        }
        P payload = flow.decoder().decode(record.payload());
        return new WorkRecord<>(record.id(), flow.name(), record.key(), payload, work.attempt(), record.createdAt());
    }

    private void describe(InFlightRecord work) {
        MDC.put("flow", flow.name());
        MDC.put("record", Long.toString(work.record().id()));
        MDC.put("attempt", Integer.toString(work.attempt()));
        MDC.put("instance", work.claim().lease().instance().id());
    }

    private record Decoded<P>(InFlightRecord work, WorkRecord<P> record) {}
}
