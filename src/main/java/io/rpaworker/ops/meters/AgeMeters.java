package io.rpaworker.ops.meters;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.lease.LeaseProperties;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.worker.WorkerProperties;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Gauges that say for how long something has not been heard of. */
@Component
class AgeMeters implements MeterBinder {

    private final Heartbeat heartbeat;
    private final LeaseProperties lease;
    private final WorkerProperties worker;
    private final QueueSnapshots snapshots;

    AgeMeters(Heartbeat heartbeat, LeaseProperties lease, WorkerProperties worker, QueueSnapshots snapshots) {
        this.heartbeat = heartbeat;
        this.lease = lease;
        this.worker = worker;
        this.snapshots = snapshots;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        // Without work there is no heartbeat that could lag.
        if (worker.enabled()) {
            TimeGauge.builder(
                            "rpa.heartbeat.lag",
                            heartbeat,
                            TimeUnit.MILLISECONDS,
                            it -> it.heartbeatLag().toMillis())
                    .description("Since the last successful heartbeat")
                    .register(registry);
            // What the lag is to be compared with; each replica has a setting of its own.
            TimeGauge.builder(
                            "rpa.lease",
                            lease,
                            TimeUnit.MILLISECONDS,
                            it -> it.lease().toMillis())
                    .description("How long this replica's claims outlive its last heartbeat")
                    .register(registry);
        }
        TimeGauge.builder(
                        "rpa.monitoring.age",
                        snapshots,
                        TimeUnit.MILLISECONDS,
                        it -> it.age().toMillis())
                .description("Since the snapshot that the gauges of the queue show")
                .register(registry);
    }
}
