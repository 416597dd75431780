package io.rpaworker.ops.cli;

import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Fleet.InFlight;
import io.rpaworker.ops.run.RunStory;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A run by the old system's keys, and all of it beside them. What has no meaning here any more is null.
 *
 * @param status our word for its state
 * @param documentsProcessed completed
 * @param documentsFailed dead letters, and what is to be tried again
 * @param activeWorkers replicas that have records of its flow under way
 * @param run as {@code GET /actuator/runs/{id}}
 */
@JsonNaming(SnakeCaseStrategy.class)
record RunMetrics(
        String runId,
        String status,
        @Nullable Instant startTime,
        @Nullable Instant endTime,
        long documentsQueued,
        long documentsProcessed,
        long documentsFailed,
        long documentsInDeadLetter,
        long activeWorkers,
        @Nullable Long peakWorkers,
        @Nullable Long crossDocRelationships,
        @Nullable Long totalElements,
        @Nullable Double avgDocumentSize,
        @Nullable Double throughputDocsPerSecond,
        RunStory run) {

    static RunMetrics of(RunStory story, Fleet fleet) {
        RunStory.Columns run = story.run();
        RunStory.Progress progress = story.progress();
        return new RunMetrics(
                String.valueOf(run.id()),
                run.state(),
                run.startedAt(),
                run.endedAt(),
                progress == null ? 0 : progress.records(),
                progress == null ? 0 : progress.completed(),
                progress == null ? 0 : progress.failed() + progress.retrying(),
                progress == null ? 0 : progress.failed(),
                fleet.workers().stream()
                        .filter(it -> isAt(it.inFlight().get(run.flow())))
                        .count(),
                null,
                null,
                null,
                null,
                progress == null ? null : progress.ratePerSecond(),
                story);
    }

    private static boolean isAt(@Nullable InFlight held) {
        return held != null && held.records() > 0;
    }
}
