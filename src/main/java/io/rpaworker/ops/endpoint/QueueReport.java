package io.rpaworker.ops.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Duration;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.util.StdConverter;

/**
 * The counts as the old system's queue status had them. All flows, since that is the question; producers may have
 * invented very many, so that the counts are everybody's and become reports one by one while they are written.
 *
 * @param otherRecords in a status of somebody's own
 * @param ageSeconds how old they are; absent if they have just been counted
 */
@JsonNaming(SnakeCaseStrategy.class)
record QueueReport(
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        long otherRecords,

        @JsonSerialize(contentConverter = FlowReports.class) SortedMap<String, StatusCounts> byFlow,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long ageSeconds) {

    /** The counts of one flow. */
    record FlowReport(long total, long pending, long processing, long completed, long failed, long other) {}

    /** Makes them. */
    static final class FlowReports extends StdConverter<StatusCounts, FlowReport> {

        @Override
        public FlowReport convert(StatusCounts counts) {
            return new FlowReport(
                    counts.total(),
                    counts.pending(),
                    counts.processing(),
                    counts.completed(),
                    counts.failed(),
                    counts.other());
        }
    }

    static QueueReport of(SortedMap<String, StatusCounts> counts, @Nullable Duration age) {
        StatusCounts sum = counts.values().stream().reduce(StatusCounts.NONE, StatusCounts::plus);
        return new QueueReport(
                sum.total(),
                sum.pending(),
                sum.processing(),
                sum.completed(),
                sum.failed(),
                sum.other(),
                counts,
                age == null ? null : age.toSeconds());
    }
}
