package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.queue.counts.StatusCounts;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * How many records there are, in the old system's shape.
 *
 * @param otherRecords in a status of somebody's own
 * @param flowName whose; null for all flows
 * @param byFlow each flow's; absent where one was asked for, and in health
 * @param error why nobody knows, all counts being -1; absent if they are known
 * @param ageSeconds how old the counts are
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
        @Nullable String flowName,
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

    /** The sums of all flows, for health. */
    static QueueStatus ofAll(LatestCounts.Counts counts) {
        return counts.snapshot()
                .map(it -> of(sum(it.counts()), null, null, it.age().toSeconds()))
                .orElseGet(() -> unknown(counts.problem()));
    }

    /** Those of one flow, or of all with each of them. */
    static QueueStatus ofFlow(LatestCounts.Counts counts, @Nullable String flow) {
        return counts.snapshot()
                .map(it -> flow == null
                        ? of(sum(it.counts()), null, each(it.counts()), it.age().toSeconds())
                        : of(
                                it.counts().getOrDefault(flow, StatusCounts.NONE),
                                flow,
                                null,
                                it.age().toSeconds()))
                .orElseGet(() -> unknown(counts.problem()));
    }

    private static QueueStatus of(
            StatusCounts counts, @Nullable String flow, @Nullable Map<String, FlowCounts> byFlow, long age) {
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
                age);
    }

    private static QueueStatus unknown(@Nullable String problem) {
        return new QueueStatus(-1, -1, -1, -1, -1, -1, null, null, problem, null);
    }

    private static StatusCounts sum(SortedMap<String, StatusCounts> counts) {
        return counts.values().stream().reduce(StatusCounts.NONE, StatusCounts::plus);
    }

    private static Map<String, FlowCounts> each(SortedMap<String, StatusCounts> counts) {
        var each = new TreeMap<String, FlowCounts>();
        counts.forEach((flow, its) -> each.put(flow, FlowCounts.of(its)));
        return each;
    }
}
