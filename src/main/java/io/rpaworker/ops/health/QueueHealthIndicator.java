package io.rpaworker.ops.health;

import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.counts.TableHealth.Holder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * How many records there are, and who keeps the table from being cleaned up, as of the last snapshot. Neither says
 * anything about this replica's health, so that UNKNOWN, once the snapshot is old, is the worst that this reports.
 */
@Component
class QueueHealthIndicator implements HealthIndicator {

    private final QueueSnapshots snapshots;
    private final Duration oldSnapshotAfter;

    QueueHealthIndicator(QueueSnapshots snapshots, MonitoringProperties properties) {
        this.snapshots = snapshots;
        this.oldSnapshotAfter = properties.oldSnapshotAfter();
    }

    @Override
    public Health health() {
        Health.Builder health = snapshots.fresh().isPresent()
                ? Health.up()
                : Health.unknown()
                        .withDetail(
                                "error", "Not counted for " + snapshots.age().toSeconds() + " s");
        snapshots
                .last()
                .ifPresent(it -> counted(health, it.sum())
                        .withDetail("dead_tuples", it.deadTuples())
                        .withDetail("old_snapshots", old(it))
                        .withDetail("age_seconds", it.age().toSeconds()));
        return health.build();
    }

    private static Health.Builder counted(Health.Builder health, StatusCounts sum) {
        return health.withDetail("total_records", sum.total())
                .withDetail("pending_records", sum.pending())
                .withDetail("processing_records", sum.processing())
                .withDetail("completed_records", sum.completed())
                .withDetail("failed_records", sum.failed())
                .withDetail("other_records", sum.other());
    }

    private List<Map<String, Object>> old(QueueSnapshot snapshot) {
        return snapshot.oldHolders(oldSnapshotAfter).stream()
                .map(QueueHealthIndicator::details)
                .toList();
    }

    private static Map<String, Object> details(Holder holder) {
        var details = new LinkedHashMap<String, Object>();
        details.put("kind", holder.kind());
        details.put("name", holder.name());
        details.put("application", holder.application());
        details.put("age_seconds", holder.age().toSeconds());
        details.put("transactions", holder.transactions());
        return details;
    }
}
