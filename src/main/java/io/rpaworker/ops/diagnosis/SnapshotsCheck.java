package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.queue.counts.TableHealth;
import io.rpaworker.queue.counts.TableHealth.Holder;
import java.util.List;
import org.springframework.stereotype.Component;

/** Who keeps PostgreSQL from removing dead rows. */
@Component
class SnapshotsCheck implements Check {

    static final Kind HELD = Kind.warning("held-snapshot");

    private final MonitoringProperties properties;

    SnapshotsCheck(MonitoringProperties properties) {
        this.properties = properties;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return scene.snapshot().stream()
                .flatMap(it -> it.oldHolders(properties.oldSnapshotAfter()).stream())
                .map(it -> finding(scene, it))
                .toList();
    }

    private static Finding finding(Scene scene, Holder holder) {
        Finding finding = HELD.found(
                        "A %s holds an old snapshot: no row that has died since can be removed"
                                .formatted(holder.kind()),
                        whatToDo(holder))
                .with("kind", holder.kind())
                .with("name", holder.name())
                .with("application", holder.application())
                .with("age_seconds", holder.age().toSeconds())
                .with("transactions", holder.transactions());
        return holder.age().isZero() ? finding : finding.since(scene.ago(holder.age()));
    }

    private static String whatToDo(Holder holder) {
        return switch (holder.kind()) {
            case TableHealth.SESSION ->
                "Have it commit, or end it: select pg_terminate_backend(%s);".formatted(holder.name());
            case TableHealth.PREPARED -> "Decide it: commit prepared '...' or rollback prepared '...' of that name.";
            default ->
                "Have its consumer catch up, or drop the slot if nobody needs it: select pg_drop_replication_slot(...).";
        };
    }
}
