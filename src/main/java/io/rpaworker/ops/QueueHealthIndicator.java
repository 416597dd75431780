package io.rpaworker.ops;

import io.rpaworker.ops.Reply.Answered;
import io.rpaworker.ops.Reply.Unanswered;
import io.rpaworker.queue.QueueCounts;
import io.rpaworker.queue.StatusCounts;
import io.rpaworker.queue.TableHealth;
import io.rpaworker.queue.TableHealth.Holder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * How many records there are, and who keeps the table from being cleaned up. Neither says anything about this replica's
 * health, so that UNKNOWN, with the last counts known, is the worst that this reports.
 */
@Component
class QueueHealthIndicator implements HealthIndicator {

    // Together with the two databases' checks, which come one after the other, about five seconds.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    // A replication slot has no date; by then it is forgotten.
    private static final long OLD_TRANSACTIONS = 1_000_000;

    private final Inquiry<Table> inquiry;
    private final QueueSnapshots snapshots;
    private final Duration oldSnapshotAfter;

    QueueHealthIndicator(
            QueueCounts counts, TableHealth table, QueueSnapshots snapshots, MonitoringProperties properties) {
        this.inquiry =
                new Inquiry<>("queue", PATIENCE, () -> new Table(counts.byFlow(), table.deadTuples(), table.holders()));
        this.snapshots = snapshots;
        this.oldSnapshotAfter = properties.oldSnapshotAfter();
    }

    private record Table(Map<String, StatusCounts> counts, long deadTuples, List<Holder> holders) {}

    @Override
    public Health health() {
        return switch (inquiry.ask()) {
            case Answered<Table> it ->
                counted(Health.up(), it.value().counts())
                        .withDetail("dead_tuples", it.value().deadTuples())
                        .withDetail("old_snapshots", old(it.value().holders()))
                        .withDetail("response_time_ms", it.tookMillis())
                        .build();
            case Unanswered<Table> it ->
                lastKnown(Health.unknown().withDetail("error", it.reason())).build();
        };
    }

    private Health.Builder lastKnown(Health.Builder health) {
        return snapshots
                .last()
                .map(it -> counted(health, it.counts())
                        .withDetail("age_seconds", it.age().toSeconds()))
                .orElse(health);
    }

    private static Health.Builder counted(Health.Builder health, Map<String, StatusCounts> byFlow) {
        StatusCounts sum = byFlow.values().stream().reduce(StatusCounts.NONE, StatusCounts::plus);
        return health.withDetail("total_records", sum.total())
                .withDetail("pending_records", sum.pending())
                .withDetail("processing_records", sum.processing())
                .withDetail("completed_records", sum.completed())
                .withDetail("failed_records", sum.failed());
    }

    private List<Map<String, Object>> old(List<Holder> holders) {
        return holders.stream()
                .filter(it -> it.age().compareTo(oldSnapshotAfter) >= 0 || it.transactions() >= OLD_TRANSACTIONS)
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
