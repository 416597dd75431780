package io.rpaworker.ops.meters;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.SnapshotListener;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The gauges of the queue: one row for each flow that is shown, and one for all others together. */
@Component
class QueueMeters implements SnapshotListener {

    private final MultiGauge depth;
    private final MultiGauge oldestAge;
    private final ShownFlows flows;

    QueueMeters(MeterRegistry registry, MonitoringProperties properties) {
        this.depth = MultiGauge.builder("rpa.queue.depth")
                .description("Records by status, from the last snapshot")
                .register(registry);
        this.oldestAge = MultiGauge.builder("rpa.queue.oldest.age")
                .description("How long the oldest due record has waited, from the last snapshot; 0 if none is due")
                .baseUnit("seconds")
                .register(registry);
        this.flows = new ShownFlows(properties.maxFlows());
    }

    /** Replaces all rows; those of flows that are gone, or not shown any more, disappear. */
    @Override
    public void counted(QueueSnapshot snapshot, Set<String> own) {
        Set<String> shown = flows.among(snapshot.counts(), own);
        var rows = new Rows(new ArrayList<>(), new ArrayList<>());
        StatusCounts others = StatusCounts.NONE;
        Duration oldest = Duration.ZERO;
        for (var flow : snapshot.counts().entrySet()) {
            Duration age = snapshot.oldestAge(flow.getKey());
            if (shown.contains(flow.getKey())) {
                rows.add(flow.getKey(), flow.getValue(), age);
            } else {
                others = others.plus(flow.getValue());
                oldest = age.compareTo(oldest) > 0 ? age : oldest;
            }
        }
        if (shown.size() < snapshot.counts().size()) {
            rows.add(ShownFlows.OTHER, others, oldest);
        }
        depth.register(rows.depths(), true);
        oldestAge.register(rows.ages(), true);
    }

    private record Rows(List<Row<?>> depths, List<Row<?>> ages) {

        void add(String flow, StatusCounts counts, Duration age) {
            depths.add(depth(flow, "pending", counts.pending()));
            depths.add(depth(flow, "processing", counts.processing()));
            depths.add(depth(flow, "completed", counts.completed()));
            depths.add(depth(flow, "failed", counts.failed()));
            // Most tables have none, ever: a series for each flow would say nothing.
            if (counts.other() > 0) {
                depths.add(depth(flow, "other", counts.other()));
            }
            ages.add(Row.of(Tags.of("flow", flow), age.toMillis() / 1000.0));
        }

        private static Row<Number> depth(String flow, String status, long records) {
            return Row.of(Tags.of("flow", flow, "status", status), records);
        }
    }
}
