package io.rpaworker.queue.deadletter;

import io.rpaworker.failure.FailureKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; null means any. All that is said has to hold.
 *
 * @param flow of this flow
 * @param kind of this kind
 * @param error whose reason contains this text, whatever the case
 * @param fingerprint of this group
 * @param failedFrom that failed at this moment or later, by PostgreSQL's clock
 * @param failedBefore that failed earlier than this
 * @param runId of this run
 * @param id this one
 */
public record DeadLetterFilter(
        @Nullable String flow,
        @Nullable FailureKind kind,
        @Nullable String error,
        @Nullable String fingerprint,
        @Nullable Instant failedFrom,
        @Nullable Instant failedBefore,
        @Nullable Long runId,
        @Nullable Long id) {

    /** Every dead letter. */
    public static final DeadLetterFilter ALL = new DeadLetterFilter(null, null, null, null, null, null, null, null);

    /** The same, but only what failed before {@code moment}. */
    DeadLetterFilter before(Instant moment) {
        boolean sooner = failedBefore != null && failedBefore.isBefore(moment);
        return sooner ? this : new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, moment, runId, id);
    }

    /** The same, but only in one flow. */
    DeadLetterFilter in(String onlyFlow) {
        return new DeadLetterFilter(onlyFlow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Every dead letter of a flow. */
    public static DeadLetterFilter ofFlow(String flow) {
        return new DeadLetterFilter(flow, null, null, null, null, null, null, null);
    }

    /** The dead letters of one group. */
    public static DeadLetterFilter ofGroup(String fingerprint) {
        return new DeadLetterFilter(null, null, null, fingerprint, null, null, null, null);
    }

    /** The dead letters of a run. */
    public static DeadLetterFilter ofRun(long runId) {
        return new DeadLetterFilter(null, null, null, null, null, null, runId, null);
    }

    /** One dead letter. */
    public static DeadLetterFilter one(long id) {
        return new DeadLetterFilter(null, null, null, null, null, null, null, id);
    }
}
