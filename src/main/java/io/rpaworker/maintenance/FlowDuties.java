package io.rpaworker.maintenance;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.queue.Retries;
import io.rpaworker.queue.ThisProcess;
import io.rpaworker.queue.UnfencedOrphans;
import java.time.Duration;
import java.util.Optional;
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

    private final Retries retries;
    private final UnfencedOrphans orphans;
    private final MaintenanceProperties properties;
    private final MeterRegistry meters;

    FlowDuties(Retries retries, UnfencedOrphans orphans, MaintenanceProperties properties, MeterRegistry meters) {
        this.retries = retries;
        this.orphans = orphans;
        this.properties = properties;
        this.meters = meters;
    }

    /** Makes due retries pending; answers whether more are due than one round does. */
    boolean retryOnce(ThisProcess process) {
        return Batches.some(() -> retries.promote(process.cleanupTimeouts().keySet()) > 0);
    }

    /** Takes from Python workers what they have held for too long; answers whether that is more than one round does. */
    boolean sweepOnce(ThisProcess process) {
        // Mostly there is none, so that one statement does for all flows.
        Optional<Duration> shortest =
                process.cleanupTimeouts().values().stream().min(Duration::compareTo);
        if (shortest.isEmpty() || !orphans.any(shortest.get())) {
            return false;
        }
        boolean more = false;
        for (var flow : process.cleanupTimeouts().entrySet()) {
            more |= Batches.some(() -> recover(flow.getKey(), flow.getValue()) > 0);
        }
        return more;
    }

    private int recover(String flow, Duration timeout) {
        UnfencedOrphans.Recovered recovered = orphans.recover(flow, timeout, properties.maxCrashes());
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
