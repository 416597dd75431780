package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.CanaryRetries;
import io.rpaworker.queue.QueueCounts;
import io.rpaworker.queue.Retention;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/** What one replica does for all: folded totals, canaries, retention. Each batch asks anew whether it still leads. */
@Component
class LeaderDuties {

    private final Leadership leadership;
    private final QueueCounts counts;
    private final Retention retention;
    private final CanaryRetries canaries;
    private final MaintenanceProperties properties;
    private long walkedTo;

    LeaderDuties(
            Leadership leadership,
            QueueCounts counts,
            Retention retention,
            CanaryRetries canaries,
            MaintenanceProperties properties) {
        this.leadership = leadership;
        this.counts = counts;
        this.retention = retention;
        this.canaries = canaries;
        this.properties = properties;
    }

    /** Folds totals and watches canaries; answers whether more is to follow a canary than one round does. */
    boolean sweepOnce() {
        leadership.asLeader(counts::fold);
        return Batches.some(() -> {
            var more = new AtomicBoolean();
            return leadership.asLeader(() -> more.set(canaries.watchOnce())) && more.get();
        });
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
