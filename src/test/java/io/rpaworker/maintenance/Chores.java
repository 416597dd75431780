package io.rpaworker.maintenance;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.QueueParts;
import io.rpaworker.queue.ThisProcess;
import java.time.Duration;

/** The real chores of one process, done when a test outside this package says so. */
public final class Chores {

    private final Sweep sweep;
    private final LeaderDuties duties;

    private Chores(Sweep sweep, LeaderDuties duties) {
        this.sweep = sweep;
        this.duties = duties;
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
                new MaintenanceProperties.Retention(completed, Duration.ofDays(365)));
        return new Chores(
                new Sweep(queue.orphans(), properties, meters),
                new LeaderDuties(
                        leadership,
                        queue.retries(),
                        queue.orphans(),
                        queue.counts(),
                        queue.retention(),
                        queue.canaries(),
                        properties));
    }

    /** Recovers what dead replicas left. */
    public void sweepOnce() {
        sweep.sweepOnce();
    }

    /** Recovers what Python workers left, folds totals, watches canaries; as leader. */
    public void sweepAsLeader(ThisProcess process) {
        duties.sweepOnce(process);
    }

    /** Makes due retries pending; as leader. */
    public void retryAsLeader(ThisProcess process) {
        duties.retryOnce(process);
    }

    /** Deletes what is old enough; as leader. */
    public void purgeAsLeader() {
        duties.purgeOnce();
    }
}
