package io.rpaworker.worker.handling;

import io.rpaworker.breaker.FlowBreakers;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.failure.FailureTexts;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.text.DurationText;
import io.rpaworker.text.FailureReason;
import io.rpaworker.text.PostgresText;
import io.rpaworker.worker.inflight.InFlightRecord;
import io.rpaworker.worker.settling.FailedAttempts;
import io.rpaworker.worker.settling.Settlement;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Turns what a handler answered or threw into what is to become of the record. */
final class OutcomeTranslator<P, R extends @Nullable Object> {

    private static final Logger log = LoggerFactory.getLogger(OutcomeTranslator.class);

    // An escape that is not itself escaped.
    private static final Pattern ESCAPED_NUL = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\u0000");

    // With the grace that calls have it keeps to CallWatch.LATEST. A connection or a query may take a minute to
    // fail.
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Flow<P, R> flow;
    private final FailureClassifier failures;
    private final FlowBreakers breakers;
    private final JsonMapper json;
    private final FailedAttempts<P, R> fails;

    OutcomeTranslator(
            Flow<P, R> flow,
            FailureClassifier failures,
            FlowBreakers breakers,
            JsonMapper json,
            FailedAttempts<P, R> fails) {
        this.flow = flow;
        this.failures = failures;
        this.breakers = breakers;
        this.json = json;
        this.fails = fails;
    }

    Settlement<P, R> onOutcome(InFlightRecord work, WorkRecord<P> record, @Nullable Outcome<R> outcome, long nanos) {
        if (outcome == null) {
            return onFailure(work, new NullPointerException("The handler of " + flow.name() + " returned null"), nanos);
        }
        if (!(outcome instanceof Outcome.SourceUnavailable<R>)) {
            breakers.answered(work.claim().permit());
        }
        return switch (outcome) {
            case Outcome.Completed<R> it -> complete(work, record, it.result(), nanos);
            case Outcome.RetryLater<R> it -> retry(work, nanos, FailureKind.ERROR, it.reason(), null, it.delay());
            case Outcome.Rejected<R> it -> reject(work, nanos, FailureKind.REJECTED, it.reason(), null);
            case Outcome.SourceUnavailable<R> it -> {
                // It may quote the payload, as the message of an exception may.
                log.debug("Record {} of flow {} waits: {}", record.id(), flow.name(), it.reason());
                yield unavailable(work, nanos, "its handler answers Outcome.sourceUnavailable");
            }
        };
    }

    Settlement<P, R> onFailure(InFlightRecord work, Throwable failure, long nanos) {
        if (failure instanceof InvalidPayloadException) {
            return reject(work, nanos, FailureKind.PAYLOAD, String.valueOf(failure.getMessage()), failure);
        }
        return switch (judge(failure)) {
            case SOURCE_UNAVAILABLE -> unavailable(work, nanos, FailureReason.ofHandler(failure));
            case REJECTED -> {
                breakers.answered(work.claim().permit());
                yield reject(work, nanos, FailureKind.REJECTED, FailureTexts.reason(failure), failure);
            }
            case RETRYABLE -> {
                breakers.answered(work.claim().permit());
                yield retry(work, nanos, FailureKind.ERROR, FailureTexts.reason(failure), failure, null);
            }
        };
    }

    /**
     * Whether what a call met is its sources' fault, and none of its records'.
     *
     * @param overdue whether it was interrupted for taking too long: then what it threw says nothing
     */
    boolean isUnavailable(Throwable failure, boolean overdue) {
        return overdue ? !sourcesAnswer() : judge(failure) == Judgement.SOURCE_UNAVAILABLE;
    }

    // A query that took too long, or that the database itself came to grief with, may be the record's fault or the
    // source's: ask the source. Were it always the source's, one such record would open its breaker for ever.
    private Judgement judge(Throwable failure) {
        Judgement judgement = failures.judge(failure);
        boolean doubtful = failures.isTimeout(failure) || failures.isInternal(failure);
        return judgement == Judgement.RETRYABLE && doubtful && !breakers.answer()
                ? Judgement.SOURCE_UNAVAILABLE
                : judgement;
    }

    /** Whether the sources answer a probe; takes as long as that does. */
    boolean sourcesAnswer() {
        return breakers.answer();
    }

    /** The same for calls that have been given time enough. */
    boolean sourcesAnswerSoon() {
        return breakers.answerWithin(SOON);
    }

    /**
     * A call took too long: for its record's sake or its sources'.
     *
     * @param alone whether it was for this record only; which of several a call is stuck on is not known
     * @param sourcesAnswer whether they were asked, and answered
     */
    Settlement<P, R> onTimeout(InFlightRecord work, long nanos, boolean alone, boolean sourcesAnswer) {
        String reason = "Took longer than record-timeout, "
                + DurationText.of(flow.settings().recordTimeout());
        if (!sourcesAnswer) {
            return unavailable(work, nanos, reason);
        }
        return alone ? retry(work, nanos, FailureKind.TIMEOUT, reason, null, null) : new Suspect<>(work, nanos);
    }

    /**
     * A call ends this process.
     *
     * @param alone whether it was for this record only; which of several made the handler do so is not known
     */
    Settlement<P, R> onExit(InFlightRecord work, long nanos, boolean alone) {
        return alone
                ? retry(work, nanos, FailureKind.ERROR, "The handler called System.exit", null, null)
                : new Suspect<>(work, nanos);
    }

    /** Somebody has cancelled it: no attempt follows. */
    Settlement<P, R> onCancel(InFlightRecord work, long nanos) {
        String reason = "Cancelled by " + work.cancelledBy().orElse("somebody");
        return reject(work, nanos, FailureKind.CANCELLED, reason, null);
    }

    Settlement<P, R> release(InFlightRecord work) {
        return new Release<>(work, 0, null);
    }

    private Settlement<P, R> complete(InFlightRecord work, WorkRecord<P> record, R result, long nanos) {
        String text = result == null ? null : json.writeValueAsString(result);
        if (text != null && (ESCAPED_NUL.matcher(text).find() || !PostgresText.canHold(text))) {
            return reject(work, nanos, FailureKind.REJECTED, "Its result has NUL or half a surrogate pair", null);
        }
        return new Complete<>(work, nanos, new Handled<>(record, result), text);
    }

    private Release<P, R> unavailable(InFlightRecord work, long nanos, String reason) {
        breakers.trip(reason);
        return Release.postponed(work, nanos);
    }

    private Fail<P, R> reject(
            InFlightRecord work, long nanos, FailureKind kind, String reason, @Nullable Throwable failure) {
        return fails.reject(new FailedAttempts.Attempt(work, nanos, kind, reason, failure));
    }

    private Fail<P, R> retry(
            InFlightRecord work,
            long nanos,
            FailureKind kind,
            String reason,
            @Nullable Throwable failure,
            @Nullable Duration asked) {
        return fails.retry(new FailedAttempts.Attempt(work, nanos, kind, reason, failure), asked);
    }
}
