package io.rpaworker.maintenance;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.history.Tallies;
import io.rpaworker.queue.recovery.Orphans;
import io.rpaworker.queue.recovery.Orphans.Recovered;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Finds replicas whose lease has run out, and makes their records pending again. */
@Component
@Order(10) // its records have waited for a whole lease already
class OrphanRecovery implements Chore {

    private static final Logger log = LoggerFactory.getLogger(OrphanRecovery.class);

    // A record may have been moved to a flow that nobody runs while it was under way, and a counter stays for good.
    private static final int MOST_OTHERS = 200;
    private static final String REST = "_other";

    private final Orphans orphans;
    private final MaintenanceProperties properties;
    private final MeterRegistry meters;
    private final Tallies tallies;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> others = ConcurrentHashMap.newKeySet();

    OrphanRecovery(
            Orphans orphans,
            FlowRegistry flows,
            MaintenanceProperties properties,
            MeterRegistry meters,
            Tallies tallies) {
        this.orphans = orphans;
        this.properties = properties;
        this.meters = meters;
        this.tallies = tallies;
        showFromTheStart(flows.known());
    }

    // An alert on an increase misses a series that begins with 1.
    private void showFromTheStart(Collection<String> flows) {
        known.addAll(flows);
        flows.forEach(this::recovered);
    }

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public Doer doneBy() {
        return Doer.EVERY_INSTANCE;
    }

    @Override
    public Duration interval() {
        return properties.sweepInterval();
    }

    // After an outage of the database every lease looks run out.
    @Override
    public boolean needsEstablishedLease() {
        return true;
    }

    @Override
    public boolean runOnce() {
        if (orphans.any()) {
            recover();
        }
        return false;
    }

    private void recover() {
        int dead = orphans.declareDead();
        if (dead > 0) {
            log.warn("{} replicas have not renewed their lease; recovering their records", dead);
        }
        List<Recovered> batch;
        do {
            batch = orphans.recover(properties.maxCrashes());
            batch.forEach(this::report);
        } while (!batch.isEmpty());
        int acquitted = orphans.acquit();
        if (acquitted > 0) {
            log.warn("{} records were blamed for the death of replicas that have come back; acquitted", acquitted);
        }
    }

    private void report(Recovered some) {
        log.warn(
                "{} records of {} {}",
                some.records(),
                some.flow(),
                some.poison() ? "are dead letters: poison" : "are pending again");
        String flow = shown(some.flow());
        recovered(flow).increment(some.records());
        if (some.poison()) {
            meters.counter("rpa.deadletters", "flow", flow, "kind", "poison").increment(some.records());
            tallies.of(flow).poison(some.records());
        }
    }

    private String shown(String flow) {
        boolean named =
                known.contains(flow) || others.contains(flow) || (others.size() < MOST_OTHERS && others.add(flow));
        return named ? flow : REST;
    }

    private Counter recovered(String flow) {
        return Counter.builder("rpa.lease.recovered")
                .description("Records of dead replicas that this replica recovered")
                .tag("flow", flow)
                .register(meters);
    }
}
