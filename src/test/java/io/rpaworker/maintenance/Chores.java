package io.rpaworker.maintenance;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.testing.QueueParts;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The real chores of one process, done when a test outside this package says so. */
public final class Chores {

    private final OrphanRecovery recovery;
    private final FlowDuties flows;
    private final LeaderDuties leader;

    private Chores(OrphanRecovery recovery, FlowDuties flows, LeaderDuties leader) {
        this.recovery = recovery;
        this.flows = flows;
        this.leader = leader;
    }

    /**
     * Makes them.
     *
     * @param maxCrashes as in {@code rpa.maintenance.max-crashes}
     * @param completed how long completed records are kept; dead letters stay for a year
     */
    public static Chores of(
            QueueParts queue, Leadership leadership, MeterRegistry meters, int maxCrashes, Duration completed) {
        var interval = Duration.ofSeconds(1);
        var properties = new MaintenanceProperties(
                true,
                interval,
                interval,
                interval,
                maxCrashes,
                interval,
                new MaintenanceProperties.Retention(completed, Duration.ofDays(365), Duration.ofDays(365), null));
        return new Chores(
                new OrphanRecovery(queue.orphans(), properties, meters),
                new FlowDuties(queue.retries(), queue.unfencedOrphans(), properties, meters),
                new LeaderDuties(
                        leadership,
                        queue.counts(),
                        queue.retention(),
                        queue.canaries(),
                        new RecordRetention(
                                leadership,
                                queue.retention(),
                                queue.oldRecords(),
                                new ChoreProblems(),
                                properties,
                                meters),
                        new StrayRecovery(leadership, queue.strays(), new ChoreProblems(), meters)));
    }

    /** Recovers what dead replicas left. */
    public void sweepOnce() {
        recovery.sweepOnce();
    }

    /** Recovers what Python workers left of the flows that the process runs. */
    public void sweepOwnFlows(Map<String, Duration> cleanupTimeouts) {
        flows.sweepOnce(cleanupTimeouts);
    }

    /** Makes due retries pending of the flows that the process runs. */
    public void retryOwnFlows(Set<String> own) {
        flows.retryOnce(own);
    }

    /** Folds totals, watches canaries; as leader. */
    public void sweepAsLeader() {
        leader.foldOnce();
        leader.sweepOnce();
    }

    /** Deletes some of what is old enough; as leader. */
    public void purgeAsLeader(Set<String> knownFlows) {
        leader.purgeOnce(knownFlows);
        leader.purgeReplicasOnce();
    }
}
