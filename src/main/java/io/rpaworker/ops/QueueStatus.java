package io.rpaworker.ops;

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
 * @param otherRecords in a status of somebody's own
 * @param flowName whose; null for all flows
 * @param byFlow each flow's; absent where they are not told one by one
 * @param error why nobody knows, all counts being -1; absent if they are known
 * @param ageSeconds how old the counts are; absent if that is not told
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QueueStatus(
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        long otherRecords,

        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String flowName,

        @Nullable Map<String, FlowCounts> byFlow,
        @Nullable String error,
        @Nullable Long ageSeconds) {

    /** The counts of one flow. */
    public record FlowCounts(long pending, long processing, long completed, long failed, long other, long total) {

        static FlowCounts of(StatusCounts counts) {
            return new FlowCounts(
                    counts.pending(),
                    counts.processing(),
                    counts.completed(),
                    counts.failed(),
                    counts.other(),
                    counts.total());
        }
    }

    /** The counts of one flow. */
    public static QueueStatus ofFlow(String flow, StatusCounts counts) {
        return of(counts, flow, null);
    }

    /** The sums of all flows. */
    public static QueueStatus ofAll(QueueSnapshot snapshot) {
        return of(snapshot.sum(), null, null);
    }

    /** The sums of all flows, and the counts of each. */
    public static QueueStatus ofEach(QueueSnapshot snapshot) {
        var each = new TreeMap<String, FlowCounts>();
        snapshot.counts().forEach((flow, its) -> each.put(flow, FlowCounts.of(its)));
        return of(snapshot.sum(), null, each);
    }

    /** Nobody knows, for a reason. */
    public static QueueStatus unknown(@Nullable String reason) {
        return new QueueStatus(-1, -1, -1, -1, -1, -1, null, null, reason, null);
    }

    /** The same, and how old it is. */
    public QueueStatus aged(long seconds) {
        return new QueueStatus(
                totalRecords,
                pendingRecords,
                processingRecords,
                completedRecords,
                failedRecords,
                otherRecords,
                flowName,
                byFlow,
                error,
                seconds);
    }

    private static QueueStatus of(
            StatusCounts counts, @Nullable String flow, @Nullable SortedMap<String, FlowCounts> byFlow) {
        return new QueueStatus(
                counts.total(),
                counts.pending(),
                counts.processing(),
                counts.completed(),
                counts.failed(),
                counts.other(),
                flow,
                byFlow,
                null,
                null);
    }
}
