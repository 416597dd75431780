package io.rpaworker.ops.story;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.queue.deadletter.DeadLetters.DeadLetter;
import io.rpaworker.queue.deadletter.DeadLetters.Group;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * Some dead letters, the last failed first.
 *
 * @param next asks for the page after this one; null if there is none
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetterPage(
        List<Item> deadLetters, @Nullable String next) {

    /** A dead letter, by the names of {@link RecordStory.Columns}. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Item(
            long id,
            String flowName,
            @Nullable String recordKey,
            @Nullable Long runId,
            @Nullable String failureKind,
            @Nullable String fingerprint,
            @Nullable String errorMessage,
            int attempts,
            int crashCount,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant createdAt,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant failedAt) {

        static Item of(DeadLetter it) {
            return new Item(
                    it.id(),
                    it.flow(),
                    it.key(),
                    it.run(),
                    it.kind(),
                    it.fingerprint(),
                    it.reason(),
                    it.attempts(),
                    it.crashes(),
                    it.createdAt(),
                    it.failedAt());
        }
    }

    /** Dead letters of one cause: the larger groups first. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Groups(List<Cause> groups) {}

    /**
     * One cause.
     *
     * @param count how many dead letters have it
     * @param sampleIds the three youngest of them
     * @param sampleError the beginning of the youngest one's message
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Cause(
            String flowName,
            @Nullable String failureKind,
            @Nullable String fingerprint,
            long count,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant firstSeen,

            @JsonSerialize(converter = PostgresInstant.class)
            Instant lastSeen,

            List<Long> sampleIds,
            @Nullable String sampleError) {

        static Cause of(Group it) {
            return new Cause(
                    it.flow(),
                    it.kind(),
                    it.fingerprint(),
                    it.records(),
                    it.firstSeen(),
                    it.lastSeen(),
                    it.sampleIds(),
                    it.sampleReason());
        }
    }
}
