package io.rpaworker.worker.settling;

import io.rpaworker.failure.Failure;
import io.rpaworker.handler.Handled;
import io.rpaworker.text.MessageLeftOut;
import io.rpaworker.worker.inflight.InFlightRecord;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What is to become of a record, before the database has said so. */
public sealed interface Settlement<P, R extends @Nullable Object> {

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
            InFlightRecord work, long nanos, @Nullable Duration delay) implements Settlement<P, R> {

        /**
         * To be pending again a moment later, each at another one. The next record to be tried should be another one:
         * this one may be what cannot be handled or written.
         */
        public static <P, R extends @Nullable Object> Release<P, R> postponed(InFlightRecord work, long nanos) {
            return new Release<>(
                    work, nanos, Duration.ofMillis(ThreadLocalRandom.current().nextLong(500, 2_000)));
        }
    }

    /** To be pending again with its attempt, but to run alone next time: it may be what a call got stuck on. */
    record Suspect<P, R extends @Nullable Object>(InFlightRecord work, long nanos) implements Settlement<P, R> {}
}
