package io.rpaworker.worker.handling;

import io.rpaworker.handler.Outcome;
import io.rpaworker.text.DurationText;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.settling.Settlement;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides what is to become of each record, once, for whoever comes first: its call, the watch, an order, the stop. */
final class Decisions<P, R extends @Nullable Object> {

    private final OutcomeTranslator<P, R> translator;
    private final Consumer<Settlement<P, R>> settling;
    private volatile Map<Long, String> cancelling = Map.of();

    Decisions(OutcomeTranslator<P, R> translator, Consumer<Settlement<P, R>> settling) {
        this.translator = translator;
        this.settling = settling;
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

    /** Whether it was cancelled while it waited, and is decided with that: the handler is not to be called for it. */
    boolean isCancelledBefore(InFlightRecord work) {
        String by = cancelling(work);
        if (by == null) {
            return false;
        }
        work.cancel(by);
        cancelled(List.of(work), 0);
        return true;
    }

    /** Its call has answered. */
    void answered(Decoded<P> it, @Nullable Outcome<R> outcome, long nanos) {
        decide(it.work(), () -> translator.onOutcome(it.work(), it.record(), outcome, nanos));
    }

    /** There was no call: mostly for a bad payload; a payload's own code or constraints may be broken as well. */
    void undecodable(InFlightRecord work, Throwable failure) {
        decide(work, () -> translator.onFailure(work, failure, 0));
    }

    /** Its call has thrown, because it was interrupted for one. */
    void failed(HandlerCall call, InFlightRecord work, Throwable failure) {
        if (work.cancelledBy().isPresent()) {
            cancelled(List.of(work), call.nanos());
            return;
        }
        boolean overdue = endsOverdue(call);
        decide(
                work,
                () -> overdue
                        ? translator.onTimeout(work, call.nanos(), true, translator.sourcesAnswer())
                        : translator.onFailure(work, failure, call.nanos()));
    }

    /** Whether what a call has thrown is its sources' fault, and none of its records'. */
    boolean isUnavailable(HandlerCall call, Throwable failure) {
        return translator.isUnavailable(failure, endsOverdue(call));
    }

    // The interrupt was the handler's. A probe that found it would fail.
    private static boolean endsOverdue(HandlerCall call) {
        boolean overdue = call.isOverdue();
        if (overdue) {
            Thread.interrupted();
        }
        return overdue;
    }

    /** Their call took too long, and goes on all the same. */
    void timedOut(HandlerCall call) {
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

    /** Their call ends this process: released, they would end every one in turn. */
    void exited(HandlerCall call) {
        boolean alone = call.works().size() == 1;
        call.works().forEach(work -> decide(work, () -> translator.onExit(work, call.nanos(), alone)));
    }

    /** Somebody has cancelled them, whether or not their call has ended. */
    void cancelled(List<InFlightRecord> works, long nanos) {
        works.forEach(work -> decide(work, () -> translator.onCancel(work, nanos)));
    }

    /** It is given back as if it had never been claimed. */
    void release(InFlightRecord work) {
        decide(work, () -> translator.release(work));
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
