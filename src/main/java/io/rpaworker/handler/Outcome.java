package io.rpaworker.handler;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of one attempt at a record.
 *
 * @param <R> the result of a completed record
 */
public sealed interface Outcome<R extends @Nullable Object> {

    /**
     * The record is done, once {@link FlowHandler#write} has committed.
     *
     * @param result kept as JSON in the record's payload under {@code result}; null keeps nothing
     */
    record Completed<R extends @Nullable Object>(R result) implements Outcome<R> {}

    /**
     * Worth another attempt, not before {@code delay} has passed. Costs an attempt.
     *
     * @param delay by PostgreSQL's clock, not negative; more than 365 days count as 365
     * @param reason for the people who look at the record meanwhile; kept in the table, see {@link Redaction}
     */
    record RetryLater<R extends @Nullable Object>(Duration delay, String reason) implements Outcome<R> {

        /** Refuses a negative delay. */
        public RetryLater {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("delay must not be negative, was " + delay);
            }
        }
    }

    /**
     * No attempt can succeed: a dead letter at once.
     *
     * @param reason what is wrong with the record, for the people who will mend it; kept in the table, see
     *     {@link Redaction}
     */
    record Rejected<R extends @Nullable Object>(String reason) implements Outcome<R> {}

    /**
     * What the record needs does not answer. Costs no attempt; the flow waits until its sources answer again.
     *
     * @param reason which source, and what it said; logged at DEBUG only, since it may quote the payload
     */
    record SourceUnavailable<R extends @Nullable Object>(String reason) implements Outcome<R> {}

    /** The record is done. */
    static <R extends @Nullable Object> Outcome<R> completed(R result) {
        return new Completed<>(result);
    }

    /** Worth another attempt after {@code delay}. */
    static <R extends @Nullable Object> Outcome<R> retryLater(Duration delay, String reason) {
        return new RetryLater<>(delay, reason);
    }

    /** No attempt can succeed. */
    static <R extends @Nullable Object> Outcome<R> rejected(String reason) {
        return new Rejected<>(reason);
    }

    /** What the record needs does not answer. */
    static <R extends @Nullable Object> Outcome<R> sourceUnavailable(String reason) {
        return new SourceUnavailable<>(reason);
    }
}
