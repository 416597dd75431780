package io.rpaworker.ops.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.worker.Worker;
import io.rpaworker.worker.WorkerProperties;
import org.springframework.stereotype.Component;

/** Says of each flow of this replica whether somebody has paused it. */
@Component
class PauseMeters implements MeterBinder {

    private final FlowRegistry flows;
    private final Worker worker;
    private final WorkerProperties properties;

    PauseMeters(FlowRegistry flows, Worker worker, WorkerProperties properties) {
        this.flows = flows;
        this.worker = worker;
        this.properties = properties;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (properties.enabled()) {
            flows.distributed().stream()
                    .forEach(flow -> Gauge.builder(
                                    "rpa.flow.paused",
                                    worker,
                                    it -> it.orders()
                                                    .pauseOf(flow.name(), flow.owner())
                                                    .isPresent()
                                            ? 1
                                            : 0)
                            .description(
                                    "1 while somebody has paused the flow; every replica that runs it reports the same")
                            .tag("flow", flow.name())
                            .register(registry));
        }
    }
}
