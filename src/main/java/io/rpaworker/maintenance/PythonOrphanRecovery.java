package io.rpaworker.maintenance;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.history.Tallies;
import io.rpaworker.queue.recovery.PythonOrphans;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Takes from Python workers what they have held for too long, of the flows that this replica runs: the leader cannot do
 * it for all, since it may run others.
 */
@Component
@Order(40) // its records have waited for an hour, and mostly there are none
class PythonOrphanRecovery implements Chore {

    private static final Logger log = LoggerFactory.getLogger(PythonOrphanRecovery.class);

    // Python workers' claims are given an hour unless a flow says otherwise: some seconds more are nothing to them.
    private static final int ROUNDS = 4;

    private final PythonOrphans orphans;
    private final FlowRegistry flows;
    private final MaintenanceProperties properties;
    private final MeterRegistry meters;
    private final Tallies tallies;

    PythonOrphanRecovery(
            PythonOrphans orphans,
            FlowRegistry flows,
            MaintenanceProperties properties,
            MeterRegistry meters,
            Tallies tallies) {
        this.orphans = orphans;
        this.flows = flows;
        this.properties = properties;
        this.meters = meters;
        this.tallies = tallies;
    }

    @Override
    public String name() {
        return "recovery from Python workers";
    }

    @Override
    public Doer doneBy() {
        return Doer.EVERY_INSTANCE;
    }

    @Override
    public Duration interval() {
        return properties.sweepInterval().multipliedBy(ROUNDS);
    }

    @Override
    public boolean needsEstablishedLease() {
        return true;
    }

    @Override
    public boolean runOnce() {
        Map<String, Duration> timeouts = flows.cleanupTimeouts();
        // Mostly there is none, so that one statement does for all flows.
        Optional<Duration> shortest = timeouts.values().stream().min(Duration::compareTo);
        if (shortest.isEmpty() || !orphans.any(shortest.get())) {
            return false;
        }
        boolean more = false;
        for (var flow : timeouts.entrySet()) {
            more |= BoundedRounds.some(() -> recover(flow.getKey(), flow.getValue()) > 0);
        }
        return more;
    }

    private int recover(String flow, Duration timeout) {
        PythonOrphans.Recovered recovered = orphans.recover(flow, timeout, properties.maxCrashes());
        if (recovered.records() > 0) {
            log.warn(
                    "{} records of flow {} were claimed more than {} s ago by workers without a lease: {} are pending"
                            + " again, {} are dead letters, having been left so too often",
                    recovered.records(),
                    flow,
                    timeout.toSeconds(),
                    recovered.pending(),
                    recovered.poison());
        }
        if (recovered.poison() > 0) {
            meters.counter("rpa.deadletters", "flow", flow, "kind", "poison").increment(recovered.poison());
            tallies.of(flow).poison(recovered.poison());
        }
        return recovered.records();
    }
}
