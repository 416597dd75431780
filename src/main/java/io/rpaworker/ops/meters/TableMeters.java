package io.rpaworker.ops.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.QueueSnapshots;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/** Gauges that say whether PostgreSQL can clean the queue's table up, as of the last snapshot; NaN before the first. */
@Component
class TableMeters implements MeterBinder {

    private final QueueSnapshots snapshots;

    TableMeters(QueueSnapshots snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge("rpa.db.dead.tuples", QueueSnapshot::deadTuples)
                .description("Rows of the queue that are dead and not removed yet, by PostgreSQL's estimate")
                .register(registry);
        gauge("rpa.db.snapshot.age", it -> it.oldestSnapshot().toMillis() / 1000.0)
                .description("How long the oldest snapshot has been held: dead rows younger than it must stay")
                .baseUnit("seconds")
                .register(registry);
        gauge("rpa.db.snapshot.transactions", QueueSnapshot::oldestSnapshotTransactions)
                .description("How many transactions ago the oldest snapshot was taken; a replication slot's has no age")
                .register(registry);
    }

    private Gauge.Builder<QueueSnapshots> gauge(String name, ToDoubleFunction<QueueSnapshot> value) {
        return Gauge.builder(
                name,
                snapshots,
                it -> it.last().stream().mapToDouble(value).findFirst().orElse(Double.NaN));
    }
}
