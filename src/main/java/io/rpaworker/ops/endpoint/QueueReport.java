package io.rpaworker.ops.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.CurrentCounts.Counted;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.queue.counts.QueueCounts.Later;
import io.rpaworker.queue.counts.StatusCounts;
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
record QueueReport(
        @Nullable String flowName,
        long totalRecords,
        long pendingRecords,
        long processingRecords,
        long completedRecords,
        long failedRecords,
        long otherRecords,

        @JsonSerialize(contentConverter = FlowReports.class) Map<String, OneFlow> byFlow,

        @Nullable Long ageSeconds) {

    /** What is to be told of a flow. */
    record OneFlow(String flow, QueueSnapshot snapshot) {}

    /**
     * The records of one flow.
     *
     * @param processedBy machines or pods of the live replicas that process it
     * @param oldestDueSeconds how long the oldest record that could be claimed has waited; null if none could
     * @param postponed pending ones that are not to be claimed yet
     * @param retrying failed ones that another attempt is due for, now or later
     * @param dead failed ones that no attempt is due for: dead letters
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record FlowReport(
            long total,
            long pending,
            long processing,
            long completed,
            long failed,
            long other,
            List<String> processedBy,
            @Nullable Double oldestDueSeconds,
            long postponed,
            long retrying,
            long dead) {}

    /** Makes them. */
    static final class FlowReports extends StdConverter<OneFlow, FlowReport> {

        @Override
        public FlowReport convert(OneFlow it) {
            StatusCounts counts = it.snapshot().counts().getOrDefault(it.flow(), StatusCounts.NONE);
            Later later = it.snapshot().later(it.flow());
            boolean due = it.snapshot().oldestAges().containsKey(it.flow());
            return new FlowReport(
                    counts.total(),
                    counts.pending(),
                    counts.processing(),
                    counts.completed(),
                    counts.failed(),
                    counts.other(),
                    it.snapshot().processedBy(it.flow()),
                    due ? it.snapshot().oldestAge(it.flow()).toMillis() / 1000.0 : null,
                    later.postponed(),
                    later.retrying(),
                    // Counted a moment later than the others.
                    Math.max(0, counts.failed() - later.retrying()));
        }
    }

    static QueueReport of(Counted counted) {
        return of(null, counted.snapshot().sum(), counted.snapshot().counts().keySet(), counted);
    }

    static QueueReport of(Counted counted, String flow) {
        StatusCounts counts = counted.snapshot().counts().getOrDefault(flow, StatusCounts.NONE);
        return of(flow, counts, List.of(flow), counted);
    }

    private static QueueReport of(@Nullable String flow, StatusCounts sum, Collection<String> shown, Counted counted) {
        var byFlow = new TreeMap<String, OneFlow>();
        shown.forEach(it -> byFlow.put(it, new OneFlow(it, counted.snapshot())));
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
