package io.rpaworker.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.queue.StatusCounts;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The counts as the old system's queue status had them.
 *
 * @param ageSeconds how old they are; absent if they have just been counted
 */
@JsonNaming(SnakeCaseStrategy.class)
record QueueReport(
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        SortedMap<String, FlowReport> byFlow,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long ageSeconds) {

    /** The counts of one flow. */
    record FlowReport(long total, long pending, long processing, long completed, long failed) {

        private static FlowReport of(StatusCounts counts) {
            return new FlowReport(
                    counts.total(), counts.pending(), counts.processing(), counts.completed(), counts.failed());
        }
    }

    static QueueReport of(Map<String, StatusCounts> counts, @Nullable Duration age) {
        StatusCounts sum = counts.values().stream().reduce(StatusCounts.NONE, StatusCounts::plus);
        var byFlow = new TreeMap<String, FlowReport>();
        counts.forEach((flow, its) -> byFlow.put(flow, FlowReport.of(its)));
        return new QueueReport(
                sum.total(),
                sum.pending(),
                sum.processing(),
                sum.completed(),
                sum.failed(),
                byFlow,
                age == null ? null : age.toSeconds());
    }
}
