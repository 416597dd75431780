package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.maintenance.MaintenanceProperties;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.QueueLook;
import io.rpaworker.ops.QueueStatus;
import io.rpaworker.ops.action.MaintenanceOrder.Cleanup;
import io.rpaworker.ops.action.MaintenanceOrder.FlowReset;
import io.rpaworker.ops.action.MaintenanceOrder.Reset;
import io.rpaworker.ops.fleet.FlowSightings;
import io.rpaworker.queue.deadletter.FailedRecords;
import io.rpaworker.queue.recovery.PythonOrphans;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The old system's maintenance: cleans up what Python workers left, and resets failed records. */
@Component
public class MaintenanceActions {

    private static final String CLEANUP = "cleanup_orphaned_records";
    private static final String RESET = "reset_failed_records";
    private static final int TIMEOUT_HOURS = 2;
    private static final int MOST_HOURS = 168;
    private static final int RETRIES = 3;
    private static final int MOST_RETRIES = 100;
    // The old system's.
    private static final int MANY_FAILED = 100;
    private static final int MANY_PROCESSING = 50;

    private final Acting acting;
    private final PythonOrphans orphans;
    private final FailedRecords failed;
    private final QueueLook queue;
    private final FlowSightings flows;
    private final MaintenanceProperties properties;
    private final InstantSource clock = InstantSource.system();

    MaintenanceActions(
            Acting acting,
            PythonOrphans orphans,
            FailedRecords failed,
            QueueLook queue,
            FlowSightings flows,
            MaintenanceProperties properties) {
        this.acting = acting;
        this.orphans = orphans;
        this.failed = failed;
        this.queue = queue;
        this.flows = flows;
        this.properties = properties;
    }

    /**
     * Carries out an order.
     *
     * @param instance of the process that does it, as the old system told it
     * @throws io.rpaworker.ops.Problem if it makes no sense, if nobody knows the flow, or if rpa_db does not answer;
     *     batches before that are done and written down
     */
    public MaintenanceOrder.Done carryOut(MaintenanceOrder order, Operator operator, String instance) {
        Actor actor = operator.giving(order.reason());
        String flow = Parameters.text("flow", order.flow());
        boolean dry = Boolean.TRUE.equals(order.dryRun());
        int hours = bounded("orphaned_timeout_hours", order.orphanedTimeoutHours(), TIMEOUT_HOURS, MOST_HOURS);
        int retries = bounded("max_retries", order.maxRetries(), RETRIES, MOST_RETRIES);
        if (flow != null) {
            flows.look(flow);
        }
        return acting.act(() -> {
            QueueStatus before = status();
            // Before the cleanup, whose dead letters have just failed and are not meant.
            Reset reset = Boolean.TRUE.equals(order.resetFailedRecords()) ? reset(flow, retries, dry, actor) : null;
            Cleanup cleanup =
                    Boolean.FALSE.equals(order.cleanupOrphanedRecords()) ? null : cleanUp(flow, hours, dry, actor);
            QueueStatus after = dry ? before : status();
            var operations = new ArrayList<String>();
            if (cleanup != null) {
                operations.add(CLEANUP);
            }
            if (reset != null) {
                operations.add(RESET);
            }
            return new MaintenanceOrder.Done(
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    instance,
                    dry,
                    operations,
                    cleanup,
                    reset,
                    before,
                    after,
                    recommendations(after, cleanup, reset));
        });
    }

    private QueueStatus status() {
        return QueueStatus.ofEach(queue.take(Set.of()));
    }

    private static int bounded(String name, @Nullable Integer value, int otherwise, int most) {
        if (value != null && (value < 1 || value > most)) {
            throw Parameters.invalid(name, "Parameter %s is from 1 to %d".formatted(name, most));
        }
        return value == null ? otherwise : value;
    }

    private Cleanup cleanUp(@Nullable String flow, int hours, boolean dry, Actor actor) {
        Duration timeout = Duration.ofHours(hours);
        Map<String, Long> found = new TreeMap<>(orphans.count(timeout));
        if (flow != null) {
            found.keySet().retainAll(Set.of(flow));
        }
        if (dry) {
            long records = found.values().stream().mapToLong(Long::longValue).sum();
            return new Cleanup(
                    CLEANUP,
                    true,
                    null,
                    records,
                    null,
                    hours,
                    "Python workers have held %d records for more than %d h".formatted(records, hours));
        }
        long pending = 0;
        long poison = 0;
        for (String its : found.keySet()) {
            PythonOrphans.Recovered recovered = orphans.recover(its, timeout, properties.maxCrashes(), actor);
            pending += recovered.pending();
            poison += recovered.poison();
        }
        return new Cleanup(
                CLEANUP,
                false,
                pending + poison,
                null,
                poison,
                hours,
                "%d records that Python workers had held for more than %d h are pending again, %d are dead letters"
                        .formatted(pending, hours, poison));
    }

    private Reset reset(@Nullable String flow, int retries, boolean dry, Actor actor) {
        var results = new TreeMap<String, FlowReset>();
        long total = 0;
        for (var found : failed.count(flow, retries).entrySet()) {
            if (dry) {
                String message =
                        "%d failed records have used fewer than %d attempts".formatted(found.getValue(), retries);
                results.put(found.getKey(), new FlowReset(true, null, found.getValue(), retries, message));
                continue;
            }
            long records = failed.reset(found.getKey(), retries, actor);
            total += records;
            results.put(
                    found.getKey(),
                    new FlowReset(false, records, null, retries, "%d records are pending again".formatted(records)));
        }
        return new Reset(RESET, results.size(), results, total);
    }

    private static List<String> recommendations(QueueStatus after, @Nullable Cleanup cleanup, @Nullable Reset reset) {
        var recommendations = new ArrayList<String>();
        if (after.failedRecords() > MANY_FAILED) {
            recommendations.add(
                    "%d records are failed: find their causes in /actuator/deadletters/groups before the next reset"
                            .formatted(after.failedRecords()));
        }
        if (after.processingRecords() > MANY_PROCESSING) {
            recommendations.add(
                    "%d records are processing: watch whether that goes down".formatted(after.processingRecords()));
        }
        if (cleanup != null && cleanup.recordsCleaned() != null && cleanup.recordsCleaned() > 0) {
            recommendations.add("Python workers leave records behind: look why they die");
        }
        if (reset != null && reset.totalRecordsReset() > 0) {
            recommendations.add("Watch whether what was reset fails again");
        }
        if (recommendations.isEmpty()) {
            recommendations.add("Nothing more is to be done");
        }
        return List.copyOf(recommendations);
    }
}
