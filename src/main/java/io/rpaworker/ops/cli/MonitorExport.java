package io.rpaworker.ops.cli;

import io.rpaworker.ops.CurrentCounts.Counted;
import io.rpaworker.ops.QueueReport;
import io.rpaworker.ops.assessment.QueueMonitoring.Monitored;
import io.rpaworker.ops.cli.Observation.Alert;
import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Fleet.Replica;
import io.rpaworker.ops.run.RunStory;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What the monitor writes to a file: the old system's keys, and ours beside them. What has no meaning here any more is
 * null.
 *
 * @param runId the run that is watched; null if none is
 * @param runMetrics the same
 * @param queue as {@code GET /actuator/queue}
 * @param workers as {@code GET /actuator/workers}
 * @param monitor as {@code GET /actuator/queuemonitor}
 */
@JsonNaming(SnakeCaseStrategy.class)
record MonitorExport(
        @Nullable String runId,
        Instant timestamp,
        @Nullable RunMetrics runMetrics,
        List<WorkerMetrics> workerMetrics,
        QueueHealth queueHealth,
        List<Alert> alerts,
        QueueReport queue,
        Fleet workers,
        Monitored monitor) {

    /** A replica by the old system's keys; it is not told how much it has processed. */
    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerMetrics(
            String workerId,
            String hostname,
            Instant startTime,
            String state,
            @Nullable Double leaseEndsInSeconds,
            long documentsInFlight,
            @Nullable Instant oldestClaim) {

        static WorkerMetrics of(Replica it) {
            return new WorkerMetrics(
                    it.id(),
                    it.host(),
                    it.startedAt(),
                    it.state(),
                    it.leaseEndsInSeconds(),
                    Overview.inFlight(it),
                    Overview.oldestClaim(it));
        }
    }

    /** The queue by the old system's keys. */
    @JsonNaming(SnakeCaseStrategy.class)
    record QueueHealth(
            Instant timestamp,
            long totalPending,
            long totalProcessing,
            long totalCompleted,
            long totalFailed,
            long totalRetry,
            long totalDeadLetter,
            double oldestPendingAgeSeconds,
            double averageProcessingTime,
            long staleWorkItems,
            int workerCount) {

        static QueueHealth of(Observation seen) {
            var sum = seen.snapshot().sum();
            return new QueueHealth(
                    seen.at(),
                    sum.pending(),
                    sum.processing(),
                    sum.completed(),
                    sum.failed(),
                    seen.retrying(),
                    seen.dead(),
                    seen.oldestPending().toMillis() / 1000.0,
                    seen.lastHour().runTime().meanSeconds(),
                    seen.stale(),
                    seen.fleet().live());
        }
    }

    static MonitorExport of(Observation seen, @Nullable RunStory run) {
        return new MonitorExport(
                run == null ? null : String.valueOf(run.run().id()),
                seen.at(),
                run == null ? null : RunMetrics.of(run, seen.fleet()),
                seen.fleet().workers().stream().map(WorkerMetrics::of).toList(),
                QueueHealth.of(seen),
                seen.alerts(),
                QueueReport.of(new Counted(seen.snapshot(), null)),
                seen.fleet(),
                seen.monitored());
    }
}
