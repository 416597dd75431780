package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.queue.deadletter.CanaryRetries;
import io.rpaworker.queue.retention.Retention;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.stereotype.Component;

/**
 * What one replica does for all: folded totals, canaries, retention, stray records. Each batch asks anew whether it
 * still leads.
 */
@Component
class LeaderDuties {

    private final Leadership leadership;
    private final QueueCounts counts;
    private final Retention retention;
    private final CanaryRetries canaries;
    private final RecordRetention purge;
    private final StrayRecovery strays;

    LeaderDuties(
            Leadership leadership,
            QueueCounts counts,
            Retention retention,
            CanaryRetries canaries,
            RecordRetention purge,
            StrayRecovery strays) {
        this.leadership = leadership;
        this.counts = counts;
        this.retention = retention;
        this.canaries = canaries;
        this.purge = purge;
        this.strays = strays;
    }

    /** Folds totals. */
    void foldOnce() {
        leadership.asLeader(counts::fold);
    }

    /** Watches canaries; answers whether more is to follow one than one round does. */
    boolean sweepOnce() {
        return BoundedRounds.some(() -> {
            var more = new AtomicBoolean();
            return leadership.asLeader(() -> more.set(canaries.watchOnce())) && more.get();
        });
    }

    /** Walks on through the table for what is old enough; answers whether the walk is still under way. */
    boolean purgeOnce(Set<String> knownFlows) {
        return purge.purgeOnce(knownFlows);
    }

    /** Deletes attempts that are old enough; answers whether more are than one round deletes. */
    boolean purgeAttemptsOnce() {
        return purge.purgeAttemptsOnce();
    }

    /** Walks on through the table for stray records; answers whether the walk is still under way. */
    boolean recoverStraysOnce() {
        return strays.walkOnce();
    }

    /** Deletes the rows of replicas that are long gone. */
    void purgeReplicasOnce() {
        leadership.asLeader(retention::purgeReplicas);
    }

    /** Shows what retention cannot delete, or nothing more of it once another replica leads. */
    void showUndeletable() {
        purge.show();
    }
}
