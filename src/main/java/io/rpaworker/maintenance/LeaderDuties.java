package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.CanaryRetries;
import io.rpaworker.queue.Orphans;
import io.rpaworker.queue.QueueCounts;
import io.rpaworker.queue.Retention;
import io.rpaworker.queue.Retries;
import io.rpaworker.queue.ThisProcess;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What one replica does for all: retries that fall due, Python workers' orphans, folded totals, retention. */
@Component
class LeaderDuties {

    private static final Logger log = LoggerFactory.getLogger(LeaderDuties.class);

    private final Leadership leadership;
    private final Retries retries;
    private final Orphans orphans;
    private final QueueCounts counts;
    private final Retention retention;
    private final CanaryRetries canaries;
    private final MaintenanceProperties properties;
    private long walkedTo;

    LeaderDuties(
            Leadership leadership,
            Retries retries,
            Orphans orphans,
            QueueCounts counts,
            Retention retention,
            CanaryRetries canaries,
            MaintenanceProperties properties) {
        this.leadership = leadership;
        this.retries = retries;
        this.orphans = orphans;
        this.counts = counts;
        this.retention = retention;
        this.canaries = canaries;
        this.properties = properties;
    }

    void retryOnce(ThisProcess process) {
        leadership.asLeader(() -> retries.promote(process.flows().keySet()));
    }

    void sweepOnce(ThisProcess process) {
        process.flows()
                .forEach((flow, timeout) -> leadership.asLeader(() -> {
                    int recovered = orphans.recoverUnfenced(flow, timeout);
                    if (recovered > 0) {
                        log.warn(
                                "{} records of {} were claimed more than {} ago by workers without a lease; pending again",
                                recovered,
                                flow,
                                timeout);
                    }
                }));
        leadership.asLeader(counts::fold);
        leadership.asLeader(canaries::watchOnce);
    }

    /** Walks the whole table once, a short transaction for each window. */
    void purgeOnce() {
        var step = new AtomicReference<Retention.Step>();
        do {
            step.set(null);
            leadership.asLeader(() -> step.set(retention.purge(
                    walkedTo,
                    properties.retention().completed(),
                    properties.retention().dead())));
            walkedTo = step.get() != null && step.get().more() ? step.get().reached() : 0;
        } while (walkedTo > 0);
        leadership.asLeader(retention::purgeReplicas);
    }
}
