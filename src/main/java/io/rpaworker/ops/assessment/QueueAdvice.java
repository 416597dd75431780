package io.rpaworker.ops.assessment;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** What an operator is told of the queue: the old system's alerts and recommendations. */
record QueueAdvice(List<QueueAlert> alerts, List<String> recommendations) {

    /**
     * Of the queue as a whole, and of its flows.
     *
     * @param flows those that are looked at one by one; empty if none are
     */
    static QueueAdvice of(QueueFigures all, SortedMap<String, QueueFigures> flows, QueueThresholds thresholds) {
        return new QueueAdvice(alerts(all, flows, thresholds), recommendations(all, thresholds));
    }

    private static List<QueueAlert> alerts(
            QueueFigures all, SortedMap<String, QueueFigures> flows, QueueThresholds thresholds) {
        var alerts = new ArrayList<QueueAlert>();
        double failed = all.worseFailedPercent();
        String rate = all.failureRate(thresholds.windowHours());
        if (failed > thresholds.failedCriticalPercent()) {
            alerts.add(QueueAlert.critical("failed_share", "High " + rate, failed, thresholds.failedCriticalPercent()));
        } else if (failed > thresholds.failedDegradedPercent()) {
            alerts.add(
                    QueueAlert.warning("failed_share", "Elevated " + rate, failed, thresholds.failedDegradedPercent()));
        }
        long pending = all.counts().pending();
        if (pending > thresholds.pendingBacklog()) {
            alerts.add(QueueAlert.warning(
                    "large_backlog",
                    "Large backlog: %d records are pending".formatted(pending),
                    (double) pending,
                    (double) thresholds.pendingBacklog()));
        }
        long processing = all.counts().processing();
        if (processing > thresholds.processingHigh()) {
            alerts.add(QueueAlert.warning(
                    "many_processing",
                    "%d records are in processing state; look for orphans".formatted(processing),
                    (double) processing,
                    (double) thresholds.processingHigh()));
        }
        flows.forEach((flow, figures) -> {
            if (figures.worseFailedPercent() > thresholds.flowFailedCriticalPercent()) {
                alerts.add(QueueAlert.critical(
                        "flow_failed_share",
                        "Flow %s has a high %s".formatted(flow, figures.failureRate(thresholds.windowHours())),
                        figures.worseFailedPercent(),
                        thresholds.flowFailedCriticalPercent()));
            }
        });
        return alerts;
    }

    private static List<String> recommendations(QueueFigures all, QueueThresholds thresholds) {
        var recommendations = new ArrayList<String>();
        switch (all.state(thresholds)) {
            case CRITICAL ->
                recommendations.add(
                        "Investigate the failures at once (/actuator/performance, /actuator/deadletters/groups),"
                                + " and consider pausing the intake");
            case DEGRADED ->
                recommendations.add("Find the causes of the failures: /actuator/performance groups them by fingerprint,"
                        + " retries included");
            case OVERLOADED ->
                recommendations.add("Add replicas or slots, and review batch-size: most records are under way");
            case IDLE, HEALTHY -> {}
        }
        if (all.counts().processing() > thresholds.processingToWatch()) {
            recommendations.add("Look for orphaned records (/actuator/diagnostics): %d are in processing state"
                    .formatted(all.counts().processing()));
        }
        if (all.counts().pending() > thresholds.pendingToScale()) {
            recommendations.add("Add capacity: %d records are pending"
                    .formatted(all.counts().pending()));
        }
        if (recommendations.isEmpty()) {
            recommendations.add("The queue is operating normally");
        }
        return recommendations;
    }
}
