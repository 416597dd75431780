package io.rpaworker.queue.deadletter;

import io.rpaworker.failure.FailureKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; null means any. All that is said has to hold. Begin with {@link #ALL} and say more:
 * {@code ALL.ofFlow("invoices").since(yesterday)}.
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

    /** Only those of a flow. */
    public DeadLetterFilter ofFlow(String flow) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Only those of a kind. */
    public DeadLetterFilter ofKind(FailureKind kind) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Only those whose reason contains this text, whatever the case. */
    public DeadLetterFilter withError(String error) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Only those of a group. */
    public DeadLetterFilter ofGroup(String fingerprint) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Only what failed at this moment or later. */
    public DeadLetterFilter since(Instant failedFrom) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Only what failed earlier than this; an earlier moment that was said before stays. */
    public DeadLetterFilter before(Instant moment) {
        boolean sooner = failedBefore != null && failedBefore.isBefore(moment);
        return sooner ? this : new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, moment, runId, id);
    }

    /** Only those of a run. */
    public DeadLetterFilter ofRun(long runId) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }

    /** Only this one. */
    public DeadLetterFilter withId(long id) {
        return new DeadLetterFilter(flow, kind, error, fingerprint, failedFrom, failedBefore, runId, id);
    }
}
