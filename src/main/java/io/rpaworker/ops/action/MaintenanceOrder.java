package io.rpaworker.ops.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.QueueStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The old system's {@code distributed_system_maintenance}, in an operator's words.
 *
 * @param cleanupOrphanedRecords whether to take from Python workers what they have held for too long; true if it is
 *     null. What this worker's dead replicas left is recovered without an order
 * @param resetFailedRecords whether to make failed records pending again; false if it is null
 * @param orphanedTimeoutHours how long a Python worker may hold a record, 1 to 168; 2 if it is null
 * @param maxRetries only records that have used fewer attempts are reset, 1 to 100; 3 if it is null
 * @param flow only this flow; null for all
 * @param dryRun whether it is only counted what would be done; false if it is null
 * @param reason why; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MaintenanceOrder(
        @Nullable Boolean cleanupOrphanedRecords,
        @Nullable Boolean resetFailedRecords,
        @Nullable Integer orphanedTimeoutHours,
        @Nullable Integer maxRetries,
        @Nullable String flow,
        @Nullable Boolean dryRun,
        @Nullable String reason) {

    /**
     * What came of it, by the old system's keys.
     *
     * @param operationsPerformed {@code cleanup_orphaned_records}, {@code reset_failed_records}
     * @param cleanupResults null if it was not asked for
     * @param resetResults null if it was not asked for
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Done(
            Instant maintenanceTimestamp,
            String processorInstanceId,
            boolean dryRun,
            List<String> operationsPerformed,
            @Nullable Cleanup cleanupResults,
            @Nullable Reset resetResults,
            QueueStatus beforeStatus,
            QueueStatus afterStatus,
            List<String> recommendations) {}

    /**
     * Records that were taken from Python workers, or would be.
     *
     * @param recordsCleaned null of a dry run
     * @param orphanedRecordsFound null unless it is a dry run
     * @param deadLetters of those that were cleaned, how many had been left so too often and are dead letters now
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cleanup(
            String operation,
            boolean dryRun,
            @Nullable Long recordsCleaned,
            @Nullable Long orphanedRecordsFound,
            @Nullable Long deadLetters,
            int timeoutHours,
            String message) {}

    /** Failed records that were made pending again, or would be, by their flows. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Reset(
            String operation, int flowsProcessed, Map<String, FlowReset> flowResults, long totalRecordsReset) {}

    /**
     * Those of one flow.
     *
     * @param recordsReset null of a dry run
     * @param failedRecordsFound null unless it is a dry run
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record FlowReset(
            boolean dryRun,
            @Nullable Long recordsReset,
            @Nullable Long failedRecordsFound,
            int maxRetries,
            String message) {}
}
