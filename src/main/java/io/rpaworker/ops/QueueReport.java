package io.rpaworker.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.CurrentCounts.Counted;
import io.rpaworker.queue.counts.QueueCounts.Later;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.util.StdConverter;

/**
 * The counts as the old system's queue status had them. All flows, since that is the question; producers may have
 * invented very many, so that the counts are everybody's and become reports one by one while they are written.
 *
 * @param flowName absent if all flows were asked for
 * @param otherRecords in a status of somebody's own
 * @param ageSeconds how old they are; absent if they have just been counted
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QueueReport(
        @Nullable String flowName,
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        long otherRecords,

        @JsonSerialize(contentConverter = FlowReports.class) Map<String, OneFlow> byFlow,

        @Nullable Long ageSeconds) {

    // Producers may invent very many flows: of those the old system's keys are enough.
    private static final int MOST_DETAILED = 1_000;

    /** What is to be told of a flow. */
    public record OneFlow(String flow, QueueSnapshot snapshot, boolean detailed) {}

    /**
     * The records of one flow. Of more than a thousand flows only the counts by status are told.
     *
     * @param processedBy machines or pods of the live replicas that process it
     * @param oldestDueSeconds how long the oldest record that could be claimed has waited; absent if none could
     * @param postponed pending ones that are not to be claimed yet
     * @param retrying failed ones that another attempt is due for, now or later
     * @param dead failed ones that no attempt is due for: dead letters
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record FlowReport(
            long total,
            long pending,
            long processing,
            long completed,
            long failed,
            long other,
            @Nullable List<String> processedBy,
            @Nullable Double oldestDueSeconds,
            @Nullable Long postponed,
            @Nullable Long retrying,
            @Nullable Long dead) {}

    /** Makes them. */
    static final class FlowReports extends StdConverter<OneFlow, FlowReport> {

        @Override
        public FlowReport convert(OneFlow it) {
            StatusCounts counts = it.snapshot().counts().getOrDefault(it.flow(), StatusCounts.NONE);
            if (!it.detailed()) {
                return report(counts, null, null, null);
            }
            Duration due = it.snapshot().oldestAges().get(it.flow());
            return report(
                    counts,
                    it.snapshot().processedBy(it.flow()),
                    due == null ? null : due.toMillis() / 1000.0,
                    it.snapshot().later(it.flow()));
        }

        private static FlowReport report(
                StatusCounts counts,
                @Nullable List<String> processedBy,
                @Nullable Double oldestDueSeconds,
                @Nullable Later later) {
            return new FlowReport(
                    counts.total(),
                    counts.pending(),
                    counts.processing(),
                    counts.completed(),
                    counts.failed(),
                    counts.other(),
                    processedBy,
                    oldestDueSeconds,
                    later == null ? null : later.postponed(),
                    later == null ? null : later.retrying(),
                    // Counted a moment later than the others.
                    later == null ? null : Math.max(0, counts.failed() - later.retrying()));
        }
    }

    /** All flows. */
    public static QueueReport of(Counted counted) {
        return of(null, counted.snapshot().sum(), counted.snapshot().counts().keySet(), counted);
    }

    /** One flow. */
    public static QueueReport of(Counted counted, String flow) {
        StatusCounts counts = counted.snapshot().counts().getOrDefault(flow, StatusCounts.NONE);
        return of(flow, counts, List.of(flow), counted);
    }

    private static QueueReport of(@Nullable String flow, StatusCounts sum, Collection<String> shown, Counted counted) {
        var byFlow = new TreeMap<String, OneFlow>();
        boolean detailed = shown.size() <= MOST_DETAILED;
        shown.forEach(it -> byFlow.put(it, new OneFlow(it, counted.snapshot(), detailed)));
        return new QueueReport(
                flow,
                sum.total(),
                sum.pending(),
                sum.processing(),
                sum.completed(),
                sum.failed(),
                sum.other(),
                byFlow,
                counted.age() == null ? null : counted.age().toSeconds());
    }
}
