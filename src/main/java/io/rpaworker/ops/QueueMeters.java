package io.rpaworker.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import org.springframework.stereotype.Component;

/** The gauges of the queue: one row for each flow, as many as the last snapshot has. */
@Component
class QueueMeters {

    private final MultiGauge depth;
    private final MultiGauge oldestAge;

    QueueMeters(MeterRegistry registry) {
        this.depth = MultiGauge.builder("rpa.queue.depth")
                .description("Records by status, from the last snapshot")
                .register(registry);
        this.oldestAge = MultiGauge.builder("rpa.queue.oldest.age")
                .description("How long the oldest due record has waited, from the last snapshot; 0 if none is due")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Replaces all rows; those of flows that are gone disappear. */
    void show(QueueSnapshot snapshot) {
        var depths = new ArrayList<Row<?>>();
        var ages = new ArrayList<Row<?>>();
        snapshot.counts().forEach((flow, counts) -> {
            depths.add(depth(flow, "pending", counts.pending()));
            depths.add(depth(flow, "processing", counts.processing()));
            depths.add(depth(flow, "completed", counts.completed()));
            depths.add(depth(flow, "failed", counts.failed()));
            ages.add(Row.of(Tags.of("flow", flow), seconds(snapshot.oldestAge(flow))));
        });
        depth.register(depths, true);
        oldestAge.register(ages, true);
    }

    private static Row<Number> depth(String flow, String status, long records) {
        return Row.of(Tags.of("flow", flow, "status", status), records);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
