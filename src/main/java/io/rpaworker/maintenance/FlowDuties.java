package io.rpaworker.maintenance;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.queue.recovery.DueRetries;
import io.rpaworker.queue.recovery.PythonOrphans;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What each replica does for the flows that it runs: retries that fall due, Python workers' orphans. The leader cannot
 * do it for all, since it may run other flows than its followers.
 */
@Component
class FlowDuties {

    private static final Logger log = LoggerFactory.getLogger(FlowDuties.class);

    private final DueRetries retries;
    private final PythonOrphans orphans;
    private final MaintenanceProperties properties;
    private final MeterRegistry meters;

    FlowDuties(DueRetries retries, PythonOrphans orphans, MaintenanceProperties properties, MeterRegistry meters) {
        this.retries = retries;
        this.orphans = orphans;
        this.properties = properties;
        this.meters = meters;
    }

    /** Makes due retries pending; answers whether more are due than one round does. */
    boolean retryOnce(Set<String> flows) {
        return BoundedRounds.some(() -> retries.promote(flows) > 0);
    }

    /** Takes from Python workers what they have held for too long; answers whether that is more than one round does. */
    boolean sweepOnce(Map<String, Duration> cleanupTimeouts) {
        // Mostly there is none, so that one statement does for all flows.
        Optional<Duration> shortest = cleanupTimeouts.values().stream().min(Duration::compareTo);
        if (shortest.isEmpty() || !orphans.any(shortest.get())) {
            return false;
        }
        boolean more = false;
        for (var flow : cleanupTimeouts.entrySet()) {
            more |= BoundedRounds.some(() -> recover(flow.getKey(), flow.getValue()) > 0);
        }
        return more;
    }

    private int recover(String flow, Duration timeout) {
        PythonOrphans.Recovered recovered = orphans.recover(flow, timeout, properties.maxCrashes());
        if (recovered.records() > 0) {
            log.warn(
                    "{} records of flow {} were claimed more than {} s ago by workers without a lease: {} are pending again,"
                            + " {} are dead letters, having been left so too often",
                    recovered.records(),
                    flow,
                    timeout.toSeconds(),
                    recovered.pending(),
                    recovered.poison());
        }
        if (recovered.poison() > 0) {
            meters.counter("rpa.deadletters", "flow", flow, "kind", "poison").increment(recovered.poison());
        }
        return recovered.records();
    }
}
