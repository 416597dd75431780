package io.rpaworker.ops.assessment;

import io.rpaworker.history.Outcomes;
import io.rpaworker.queue.counts.StatusCounts;

/**
 * What the queue is judged by.
 *
 * @param counts the records that are there
 * @param recent what has become of attempts in the window
 */
record QueueFigures(StatusCounts counts, Outcomes recent) {

    /** Failed records of all that are there, in percent: after a month of success a bad night hardly shows in it. */
    double failedPercent() {
        return Percent.of(counts.failed(), counts.total());
    }

    /** Dead letters of what finished in the window, in percent. */
    double recentFailedPercent() {
        return Percent.of(recent.deadLetters(), recent.finished());
    }

    /** The worse of both: neither failures that lie there nor those of the last hours are passed over. */
    double worseFailedPercent() {
        return Math.max(failedPercent(), recentFailedPercent());
    }

    /** Records under way of all that are there, in percent. */
    double processingPercent() {
        return Percent.of(counts.processing(), counts.total());
    }

    /** Whether there is nothing to judge. */
    boolean isIdle() {
        return counts.total() == 0 && recent.finished() == 0;
    }

    QueueState state(QueueThresholds thresholds) {
        if (isIdle()) {
            return QueueState.IDLE;
        } else if (worseFailedPercent() > thresholds.failedCriticalPercent()) {
            return QueueState.CRITICAL;
        } else if (worseFailedPercent() > thresholds.failedDegradedPercent()) {
            return QueueState.DEGRADED;
        } else if (processingPercent() > thresholds.processingOverloadedPercent()) {
            return QueueState.OVERLOADED;
        }
        return QueueState.HEALTHY;
    }

    /** Which share it is that is too high, for a sentence. */
    String failureRate(int windowHours) {
        return failedPercent() >= recentFailedPercent()
                ? "failure rate: %s %% of all records have failed".formatted(Percent.text(failedPercent()))
                : "failure rate: %s %% of what finished in the last %d h are dead letters"
                        .formatted(Percent.text(recentFailedPercent()), windowHours);
    }
}
