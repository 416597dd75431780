package io.rpaworker.maintenance;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.history.Tallies;
import io.rpaworker.leader.Leadership;
import io.rpaworker.testing.QueueParts;
import java.time.Duration;
import java.util.List;

/** The real chores of one process, done when a test says so. */
public final class Chores {

    /** How many deaths of its process make a record poison. */
    public static final int MAX_CRASHES = 3;

    private static final Duration YEAR = Duration.ofDays(365);

    final OrphanRecovery orphans;
    final TotalsFolding totals;
    final CanaryWatch canaries;
    final PythonOrphanRecovery pythonOrphans;
    final DueRetryPromotion retries;
    final StrayRecovery strays;
    final WorkerInstanceRetention instances;
    final AttemptRetention attempts;
    final RecordRetention records;

    private Chores(
            QueueParts queue,
            Leadership leadership,
            FlowRegistry flows,
            MeterRegistry meters,
            MaintenanceProperties settings) {
        var problems = new ChoreProblems();
        orphans = new OrphanRecovery(queue.orphans(), flows, settings, meters, new Tallies());
        totals = new TotalsFolding(leadership, queue.counts(), settings);
        canaries = new CanaryWatch(leadership, queue.canaries(), settings);
        pythonOrphans = new PythonOrphanRecovery(queue.unfencedOrphans(), flows, settings, meters, new Tallies());
        retries = new DueRetryPromotion(queue.retries(), flows, leadership, settings);
        strays = new StrayRecovery(leadership, queue.strays(), problems, meters);
        instances = new WorkerInstanceRetention(leadership, queue.retention(), settings);
        attempts = new AttemptRetention(leadership, queue.retention(), settings);
        records = new RecordRetention(
                leadership,
                queue.retention(),
                queue.oldRecords(),
                new RetentionProblem(leadership, problems, meters),
                settings,
                flows);
    }

    /**
     * Makes them.
     *
     * @param flows those that the process runs
     * @param completed how long completed records are kept; dead letters stay for a year
     */
    public static Chores of(
            QueueParts queue, Leadership leadership, FlowRegistry flows, MeterRegistry meters, Duration completed) {
        return new Chores(queue, leadership, flows, meters, settings(completed));
    }

    /** Those of a process that keeps for a day what is completed, and whose meters nobody reads. */
    static Chores of(QueueParts queue, Leadership leadership, FlowRegistry flows) {
        return of(queue, leadership, flows, new SimpleMeterRegistry(), Duration.ofDays(1));
    }

    /** Their settings, with intervals for which nobody waits. */
    static MaintenanceProperties settings(Duration completed) {
        var second = Duration.ofSeconds(1);
        return new MaintenanceProperties(
                true,
                second,
                second,
                second,
                MAX_CRASHES,
                second,
                new MaintenanceProperties.Retention(completed, YEAR, YEAR, null));
    }

    /** Those that are the leader's. */
    List<Chore> ofTheLeader() {
        return List.<Chore>of(totals, canaries, strays, instances, attempts, records);
    }

    /** Recovers what dead replicas left. */
    public void recoverOrphans() {
        orphans.runOnce();
    }

    /** Recovers what Python workers left of the flows that the process runs. */
    public void recoverPythonOrphans() {
        pythonOrphans.runOnce();
    }

    /** Makes due retries pending of the flows that the process runs. */
    public void promoteDueRetries() {
        retries.runOnce();
    }

    /** Folds totals, watches canaries; as leader. */
    public void foldAndWatchCanaries() {
        totals.runOnce();
        canaries.runOnce();
    }

    /** Deletes some of what is old enough; as leader. */
    public void deleteWhatIsOld() {
        records.runOnce();
        instances.runOnce();
    }
}
