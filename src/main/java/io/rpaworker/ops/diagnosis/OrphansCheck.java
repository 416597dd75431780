package io.rpaworker.ops.diagnosis;

import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Records whose owner is gone. */
@Component
class OrphansCheck implements Check {

    static final Kind ORPHANS = Kind.warning("orphaned-records");

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return scene.facts().orphans().stream()
                .map(it -> ORPHANS.found(
                                "%d records of flow %s are processing, and their owner is gone"
                                        .formatted(it.records(), it.flow()),
                                "Recovery makes them pending within seconds while a replica with rpa.maintenance.enabled"
                                        + " runs the flow; if they stay, look whether one does, and at its log.")
                        .with(Finding.FLOW, it.flow())
                        .with("records", it.records())
                        .with("oldest_hours", hours(it.oldestAge()))
                        .since(scene.ago(it.oldestAge())))
                .toList();
    }

    static double hours(Duration age) {
        return Math.round(age.toMillis() / 36_000.0) / 100.0;
    }
}
