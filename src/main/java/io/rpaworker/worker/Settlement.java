package io.rpaworker.worker;

import io.rpaworker.handler.Handled;
import io.rpaworker.queue.Settlements.Failure;
import io.rpaworker.text.MessageLeftOut;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is to become of a record, before the database has said so. */
sealed interface Settlement<P, R extends @Nullable Object> {

    /** The record it is about. */
    InFlightRecord work();

    /** How long the handler took. */
    long nanos();

    /**
     * To be completed, together with its effects.
     *
     * @param resultJson kept in the payload; null for none
     */
    record Complete<P, R extends @Nullable Object>(
            InFlightRecord work,
            long nanos,
            Handled<P, R> handled,
            @Nullable String resultJson) implements Settlement<P, R> {}

    /**
     * To be failed: retried later or a dead letter, as the failure says.
     *
     * @param trace for the log; null if nothing was thrown, or if it is not the first time
     */
    record Fail<P, R extends @Nullable Object>(
            InFlightRecord work,
            long nanos,
            Failure failure,
            @Nullable MessageLeftOut trace) implements Settlement<P, R> {}

    /**
     * To be pending again with its attempt.
     *
     * @param delay not to be claimed before this has passed; null for at once
     */
    record Release<P, R extends @Nullable Object>(
            InFlightRecord work, long nanos, @Nullable Duration delay) implements Settlement<P, R> {}

    /** To be pending again with its attempt, but to run alone next time: it may be what a call got stuck on. */
    record Suspect<P, R extends @Nullable Object>(InFlightRecord work, long nanos) implements Settlement<P, R> {}
}
