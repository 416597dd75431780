package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.queue.counts.OrphanedRecords.Orphaned;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Records whose owner is gone, in the old system's shape.
 *
 * @param orphanedByFlow the flow with most of them first
 * @param oldestOrphanedHours since the first of all of them was claimed; 0 if there are none
 * @param error why nobody knows; absent if somebody does
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrphanAnalysis(
        Instant analysisTimestamp,
        long totalOrphanedRecords,
        List<FlowOrphans> orphanedByFlow,
        double oldestOrphanedHours,
        @Nullable String error) {

    /** Those of one flow. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record FlowOrphans(
            String flowName,
            long orphanedCount,
            @Nullable Instant oldestClaim,
            @Nullable Instant newestClaim,
            double avgHoursStuck) {}

    static OrphanAnalysis of(Instant now, List<Orphaned> orphans, @Nullable String error) {
        return new OrphanAnalysis(
                now,
                orphans.stream().mapToLong(Orphaned::records).sum(),
                orphans.stream()
                        .map(it -> new FlowOrphans(
                                it.flow(),
                                it.records(),
                                it.oldestClaim(),
                                it.newestClaim(),
                                OrphansCheck.hours(it.meanAge())))
                        .toList(),
                OrphansCheck.hours(orphans.stream()
                        .map(Orphaned::oldestAge)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO)),
                error);
    }
}
