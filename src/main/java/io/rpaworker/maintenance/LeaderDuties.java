package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.CanaryRetries;
import io.rpaworker.queue.QueueCounts;
import io.rpaworker.queue.Retention;
import io.rpaworker.queue.ThisProcess;
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
    // Where the next window of the walk begins; kept while another replica leads.
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

    /** Folds totals. */
    void foldOnce() {
        leadership.asLeader(counts::fold);
    }

    /** Watches canaries; answers whether more is to follow one than one round does. */
    boolean sweepOnce() {
        return Batches.some(() -> {
            var more = new AtomicBoolean();
            return leadership.asLeader(() -> more.set(canaries.watchOnce())) && more.get();
        });
    }

    /** Walks on through the table, a short transaction for each window; answers whether the walk is still under way. */
    boolean purgeOnce(ThisProcess process) {
        return Batches.some(() -> {
            var step = new AtomicReference<Retention.Step>();
            boolean leads = leadership.asLeader(() -> step.set(retention.purge(
                    walkedTo,
                    properties.retention().completed(),
                    properties.retention().dead(),
                    process.knownFlows())));
            Retention.Step taken = step.get();
            if (!leads || taken == null) {
                return false;
            }
            walkedTo = taken.more() ? taken.reached() : 0;
            return taken.more();
        });
    }

    /** Deletes the rows of replicas that are long gone. */
    void purgeReplicasOnce() {
        leadership.asLeader(retention::purgeReplicas);
    }
}
