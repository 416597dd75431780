package io.rpaworker.ops.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.Run.Leader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A run as operators see it; in JSON all of it is on one level.
 *
 * @param run its row
 * @param progress of its records; null in a list of more open runs than are counted
 * @param text the same in a sentence
 * @param why it has not ended, in sentences; empty if it has, or if the flow is simply being processed
 * @param summary as the old system had it; null in a list
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunStory(
        @JsonUnwrapped Columns run,
        @JsonUnwrapped @Nullable Progress progress,
        String text,
        List<String> why,
        @JsonUnwrapped @Nullable Summary summary) {

    /**
     * A row, as {@link Run} has it.
     *
     * @param page that is to be read or is being read, from 1; null unless it is being discovered
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Columns(
            long id,
            String flow,
            String state,
            @Nullable String reason,
            String trigger,
            @Nullable Instant tick,
            String actor,
            @JsonRawValue String parameters,
            String parametersHash,
            boolean dryRun,
            int round,
            @Nullable Long page,
            @Nullable String cursor,
            long pages,
            long discovered,
            @Nullable LedBy leader,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant discoveredAt,
            @Nullable Instant processedAt,
            @Nullable Instant endedAt) {

        static Columns of(Run it) {
            Leader leader = it.leader();
            return new Columns(
                    it.id(),
                    it.flow(),
                    it.state().column(),
                    it.reason(),
                    it.trigger(),
                    it.tick(),
                    it.actor(),
                    it.parameters(),
                    it.parametersHash(),
                    it.dryRun(),
                    it.round(),
                    it.discoveredAt() == null && it.startedAt() != null && it.endedAt() == null ? it.pages() + 1 : null,
                    it.cursor(),
                    it.pages(),
                    it.discovered(),
                    leader == null ? null : new LedBy(leader.replica(), leader.since(), leader.term()),
                    it.createdAt(),
                    it.startedAt(),
                    it.discoveredAt(),
                    it.processedAt(),
                    it.endedAt());
        }
    }

    /** Who leads it, or did last. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record LedBy(String replica, Instant since, long term) {}

    /**
     * How far its records are; of a run that has ended, how they were then.
     *
     * @param ratePerSecond completed within the last five minutes, or since it began if that is less; null once it has
     *     ended
     * @param eta when all will have ended at that rate, by PostgreSQL's clock; null while nobody can tell
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            long records,
            long completed,
            long failed,
            long cancelled,
            long waiting,
            long retrying,
            @Nullable Instant nextRetryAt,
            long underWay,
            @Nullable Double ratePerSecond,
            @Nullable Instant eta) {}

    /**
     * What the old system told of a run that was over.
     *
     * @param recordsClaimed all that are no longer waiting
     * @param recordsProcessed that have ended, withdrawn ones aside
     * @param successRatePercent of those; 0 if there is none
     * @param processorInstance who leads the run, or did last; null before anybody did
     * @param errors of the last ten dead letters, the last first
     * @param errorCount how many dead letters there are
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Summary(
            long recordsClaimed,
            long recordsProcessed,
            long recordsCompleted,
            long recordsFailed,
            double successRatePercent,
            @Nullable String processorInstance,
            List<DeadRecord> errors,
            long errorCount) {}

    /** A dead letter, which may be a part of the run itself. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record DeadRecord(
            long recordId, Instant failedAt, @Nullable String failureKind, String errorMessage) {}
}
