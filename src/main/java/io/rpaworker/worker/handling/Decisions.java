package io.rpaworker.worker.handling;

import io.rpaworker.control.Actor;
import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.handler.Outcome;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.settling.Settlement;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides what is to become of each record, once, for whoever comes first: its call, the watch, an order, the stop. */
final class Decisions<P, R extends @Nullable Object> {

    private final OutcomeTranslator<P, R> translator;
    private final Consumer<Settlement<P, R>> settling;
    private volatile Cancelling cancelling = new Cancelling(Map.of(), System.nanoTime());

    /** Who cancels which record, as it was known then. */
    private record Cancelling(Map<Long, Actor> by, long nanoTime) {}

    Decisions(OutcomeTranslator<P, R> translator, Consumer<Settlement<P, R>> settling) {
        this.translator = translator;
        this.settling = settling;
    }

    /** Who cancels which record, by its id, until the next time. */
    void cancelling(Map<Long, Actor> by, long askedNanos) {
        cancelling = new Cancelling(by, askedNanos);
    }

    /** Whether anybody cancels anything. */
    boolean isCancelling() {
        return !cancelling.by().isEmpty();
    }

    /** Who cancels a record, and why; null if nobody does. */
    @Nullable
    String cancelling(InFlightRecord work) {
        Cancelling current = cancelling;
        Actor by = current.by().get(work.record().id());
        // A claim leaves out what is cancelled. What was claimed since has been retried, and that order came later.
        if (by == null || !work.claim().wasHeldAt(current.nanoTime())) {
            return null;
        }
        return by.reason().isEmpty() ? by.name() : by.name() + ": " + by.reason();
    }

    /** Whether it was cancelled while it waited, and is decided with that: the handler is not to be called for it. */
    boolean isCancelledBefore(InFlightRecord work) {
        String by = cancelling(work);
        if (by == null) {
            return false;
        }
        work.cancel(by);
        decide(work, () -> translator.onCancel(work, 0));
        return true;
    }

    /**
     * Its call has answered; after an interrupt, by an order or for a lost lease, only that it is completed is
     * believed.
     */
    void answered(Decoded<P> it, @Nullable Outcome<R> outcome, long nanos) {
        InFlightRecord work = it.work();
        Supplier<Settlement<P, R>> believed = () -> translator.onOutcome(work, it.record(), outcome, nanos);
        decide(
                work,
                outcome instanceof Outcome.Completed<R>
                        ? believed
                        : () -> unlessCancelled(
                                work,
                                nanos,
                                () -> work.claim().isTrusted() ? believed.get() : translator.release(work)));
    }

    /**
     * Its call has thrown. What it threw after an interrupt is what that made of it, and a call whose lease is lost was
     * interrupted: neither its source nor an attempt of its own is to pay for that.
     */
    void failed(HandlerCall call, InFlightRecord work, Throwable failure) {
        boolean overdue = call.isOverdue();
        decide(
                work,
                () -> unlessCancelled(work, call.nanos(), () -> {
                    // No interrupt makes a JVM run out of memory: who does that again and again is not excused.
                    if (!call.isTrusted() && !(failure instanceof VirtualMachineError)) {
                        return translator.release(work);
                    }
                    return overdue
                            ? translator.onTimeout(work, call.nanos(), true, translator.sourcesAnswer())
                            : translator.onFailure(work, failure, call.nanos());
                }));
    }

    /** Whether what a call has thrown is its sources' fault, and none of its records'. */
    boolean isUnavailable(HandlerCall call, Throwable failure) {
        return translator.isUnavailable(failure, call.isOverdue());
    }

    /** Their call took too long, and goes on all the same. */
    void timedOut(HandlerCall call) {
        if (call.works().stream().allMatch(InFlightRecord::isDecided)) {
            return;
        }
        boolean alone = call.works().size() == 1;
        boolean answer = translator.sourcesAnswerSoon();
        decideWithout(call, call.works(), work -> translator.onTimeout(work, call.nanos(), alone, answer));
    }

    /** Somebody has cancelled them, and their call goes on all the same. */
    void cancelled(HandlerCall call, List<InFlightRecord> works) {
        decideWithout(call, works, work -> translator.onCancel(work, call.nanos()));
    }

    private void decideWithout(
            HandlerCall call, List<InFlightRecord> works, Function<InFlightRecord, Settlement<P, R>> decision) {
        works.forEach(work -> decide(work, () -> {
            Settlement<P, R> decided = unlessCancelled(work, call.nanos(), () -> decision.apply(work));
            call.decided(fate(decided));
            return decided;
        }));
    }

    private static String fate(Settlement<?, ?> decision) {
        return switch (decision) {
            case Fail<?, ?> it -> fate(it.failure());
            case Release<?, ?> it -> "its work is given back, as a source does not answer";
            case Suspect<?, ?> it -> "each of its records is tried again alone";
            case Complete<?, ?> it -> "its record is completed";
        };
    }

    private static String fate(Failure failure) {
        if (failure.kind() == FailureKind.CANCELLED) {
            return "what somebody has cancelled is a dead letter";
        }
        return failure.retryAfter() == null
                ? "its record is a dead letter"
                : "its record fails, and is tried again in " + DurationText.of(failure.retryAfter());
    }

    /** Their call ends this process: released, they would end every one in turn. */
    void exited(HandlerCall call) {
        boolean alone = call.works().size() == 1;
        decideWithout(call, call.works(), work -> translator.onExit(work, call.nanos(), alone));
    }

    /** It is given back as if it had never been claimed. */
    void release(InFlightRecord work) {
        decide(work, () -> translator.release(work));
    }

    // Whatever else would become of it may be what the interrupt has made of it.
    private Settlement<P, R> unlessCancelled(InFlightRecord work, long nanos, Supplier<Settlement<P, R>> decision) {
        return work.cancelledBy().isPresent() ? translator.onCancel(work, nanos) : decision.get();
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
}
