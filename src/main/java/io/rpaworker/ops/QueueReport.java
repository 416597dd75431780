package io.rpaworker.ops;

import io.rpaworker.queue.StatusCounts;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The counts as the old system's queue status had them. */
@JsonNaming(SnakeCaseStrategy.class)
record QueueReport(
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        SortedMap<String, FlowReport> byFlow) {

    /** The counts of one flow. */
    record FlowReport(long total, long pending, long processing, long completed, long failed) {

        private static FlowReport of(StatusCounts counts) {
            return new FlowReport(
                    counts.total(), counts.pending(), counts.processing(), counts.completed(), counts.failed());
        }
    }

    static QueueReport of(Map<String, StatusCounts> counts) {
        StatusCounts sum = counts.values().stream().reduce(StatusCounts.NONE, StatusCounts::plus);
        var byFlow = new TreeMap<String, FlowReport>();
        counts.forEach((flow, its) -> byFlow.put(flow, FlowReport.of(its)));
        return new QueueReport(sum.total(), sum.pending(), sum.processing(), sum.completed(), sum.failed(), byFlow);
    }
}
