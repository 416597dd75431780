package io.rpaworker.ops.story;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.rpaworker.queue.story.HeldClaim;
import io.rpaworker.queue.story.PastAttempt;
import io.rpaworker.queue.story.QueueRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * Everything that is known of one record.
 *
 * @param record its columns
 * @param why what is happening to it, or why nothing is, in sentences
 * @param claim that it is under; null if it is under none that has a row
 * @param attempts that failed and are still kept, the oldest first
 * @param moreAttempts whether there are older ones
 * @param payload as JSON; null if it was not asked for, or is longer than 1 MiB
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecordStory(
        Columns record,
        List<String> why,
        @Nullable Claim claim,
        List<Attempt> attempts,
        boolean moreAttempts,
        @JsonRawValue @Nullable String payload) {

    /** The columns of a record, as {@link QueueRecord} has them. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Columns(
            long id,
            String flowName,
            @Nullable String recordKey,
            String status,
            int attempts,
            int crashCount,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant createdAt,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant updatedAt,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant availableAt,

            @JsonSerialize(converter = PostgresInstant.class) @Nullable
            Instant claimedAt,

            @JsonSerialize(converter = PostgresInstant.class) @Nullable
            Instant completedAt,

            @JsonSerialize(converter = PostgresInstant.class) @Nullable
            Instant failedAt,

            @JsonSerialize(converter = PostgresInstant.class) @Nullable
            Instant nextRetryAt,

            @Nullable String failureKind,
            @Nullable String fingerprint,
            @Nullable String errorMessage,
            @Nullable Long runId,
            @Nullable String flowInstanceId,
            @Nullable String claimId,
            long payloadBytes) {

        static Columns of(QueueRecord it) {
            return new Columns(
                    it.id(),
                    it.flowName(),
                    it.recordKey(),
                    it.status(),
                    it.attempts(),
                    it.crashCount(),
                    it.createdAt(),
                    it.updatedAt(),
                    it.availableAt(),
                    it.claimedAt(),
                    it.completedAt(),
                    it.failedAt(),
                    it.nextRetryAt(),
                    it.failureKind(),
                    it.fingerprint(),
                    it.errorMessage(),
                    it.runId(),
                    it.flowInstanceId(),
                    it.claimId(),
                    it.payloadBytes());
        }
    }

    /** The claim that a record is under, as {@link HeldClaim} has it. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Claim(
            String instance,
            Instant since,
            int records,
            boolean isolated,

            @JsonSerialize(converter = PostgresInstant.class) @Nullable
            Instant leaseUntil) {

        static Claim of(HeldClaim it) {
            return new Claim(it.instanceId(), it.claimedAt(), it.records(), it.isolated(), it.leaseUntil());
        }
    }

    /** An attempt that failed, as {@link PastAttempt} has it. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Attempt(
            int attempt,
            String outcome,
            @Nullable String kind,
            @Nullable String fingerprint,
            @Nullable String error,
            @Nullable String handler,
            @Nullable String instance,

            @JsonSerialize(converter = PostgresInstant.class) @Nullable
            Instant startedAt,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant finishedAt) {

        static Attempt of(PastAttempt it) {
            return new Attempt(
                    it.attempt(),
                    it.outcome(),
                    it.kind(),
                    it.fingerprint(),
                    it.error(),
                    it.handler(),
                    it.instance(),
                    it.startedAt(),
                    it.finishedAt());
        }
    }
}
