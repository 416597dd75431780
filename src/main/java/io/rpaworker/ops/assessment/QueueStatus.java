package io.rpaworker.ops.assessment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.queue.counts.StatusCounts;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * How many records there are, as the old system's queue status had it.
 *
 * @param flowName null if they are all flows'
 * @param byFlow absent if they are one flow's
 */
@JsonNaming(SnakeCaseStrategy.class)
record QueueStatus(
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        @Nullable String flowName,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, FlowStatus> byFlow) {

    /** How many records one flow has. */
    record FlowStatus(long pending, long processing, long completed, long failed, long total) {}

    static QueueStatus of(StatusCounts sum, SortedMap<String, StatusCounts> flows) {
        var byFlow = new TreeMap<String, FlowStatus>();
        flows.forEach((flow, it) -> byFlow.put(
                flow, new FlowStatus(it.pending(), it.processing(), it.completed(), it.failed(), it.total())));
        return of(null, sum, byFlow);
    }

    static QueueStatus of(String flow, StatusCounts counts) {
        return of(flow, counts, null);
    }

    private static QueueStatus of(@Nullable String flow, StatusCounts it, @Nullable Map<String, FlowStatus> byFlow) {
        return new QueueStatus(it.total(), it.pending(), it.processing(), it.completed(), it.failed(), flow, byFlow);
    }
}
