package io.rpaworker.ops.run;

import io.rpaworker.ops.run.RunStory.Progress;
import io.rpaworker.ops.run.RunStory.Summary;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.Run.Counts;
import io.rpaworker.queue.run.RunList.DeadRecord;
import io.rpaworker.queue.run.RunProgress;
import io.rpaworker.queue.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The figures of a run: of one that is open from its records' rows, of one that has ended as they were frozen then. */
final class RunFigures {

    private static final Duration LONGEST_ETA = Duration.ofDays(1_000);

    private RunFigures() {}

    /** How far a run is; null if its records have not been looked at and nothing is frozen. */
    static @Nullable Progress of(Run run, @Nullable RunProgress found, Instant now) {
        if (run.endedAt() != null) {
            Counts counts = run.counts();
            // A dry run adds no record, so none is counted.
            return counts == null
                    ? new Progress(0, 0, 0, 0, 0, 0, null, 0, null, null)
                    : new Progress(
                            counts.records(),
                            counts.completed(),
                            counts.failed(),
                            counts.cancelled(),
                            0,
                            0,
                            null,
                            0,
                            null,
                            null);
        }
        if (found == null) {
            return null;
        }
        double rate = rate(run, found, now);
        return new Progress(
                found.records(),
                found.completed(),
                found.failed(),
                found.cancelled(),
                found.waiting(),
                found.retrying(),
                found.nextRetryAt(),
                found.underWay(),
                rate,
                run.discoveredAt() == null ? null : eta(found.open(), rate, now));
    }

    private static double rate(Run run, RunProgress found, Instant now) {
        Instant started = run.startedAt();
        Duration window = RunProgress.RATE_WINDOW;
        Duration age = started == null ? Duration.ZERO : Duration.between(started, now);
        Duration measured = age.compareTo(window) < 0 ? age : window;
        double seconds = Math.max(1, measured.toMillis() / 1_000.0);
        return Math.round(10 * found.justCompleted() / seconds) / 10.0;
    }

    private static @Nullable Instant eta(long open, double rate, Instant now) {
        if (open == 0 || rate <= 0) {
            return null;
        }
        double seconds = open / rate;
        return seconds > LONGEST_ETA.toSeconds()
                ? null
                : now.plusMillis((long) (1_000 * seconds)).truncatedTo(ChronoUnit.SECONDS);
    }

    // A run fails by one of its own parts, and says so before it has ended.
    private static boolean hasDeadPart(Run run) {
        return run.state() == RunState.FAILED || (run.state() == RunState.DISCOVERING && run.reason() != null);
    }

    /** The old system's words for it. */
    static Summary summary(Run run, RunProgress found, List<DeadRecord> errors) {
        Counts counts = run.endedAt() == null ? null : run.counts();
        long completed = counts == null ? found.completed() : counts.completed();
        long failed = counts == null ? found.failed() : counts.failed();
        long claimed = counts == null ? completed + failed + found.underWay() + found.retrying() : completed + failed;
        long processed = completed + failed;
        return new Summary(
                claimed,
                processed,
                completed,
                failed,
                processed == 0 ? 0 : Math.round(10_000.0 * completed / processed) / 100.0,
                run.leader() == null ? null : run.leader().replica(),
                errors.stream()
                        .map(it -> new RunStory.DeadRecord(it.recordId(), it.failedAt(), it.kind(), it.error()))
                        .toList(),
                failed + (hasDeadPart(run) ? 1 : 0));
    }
}
