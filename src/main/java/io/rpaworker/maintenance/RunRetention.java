package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.run.OldRuns;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Deletes runs that ended long ago, once their records are gone. */
@Component
@Order(86) // a few rows, mostly none
class RunRetention implements Chore {

    private final Leadership leadership;
    private final OldRuns runs;
    private final MaintenanceProperties properties;

    RunRetention(Leadership leadership, OldRuns runs, MaintenanceProperties properties) {
        this.leadership = leadership;
        this.runs = runs;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "retention of runs";
    }

    @Override
    public Doer doneBy() {
        return Doer.LEADER;
    }

    @Override
    public Duration interval() {
        return properties.purgeInterval();
    }

    @Override
    public boolean runOnce() {
        return BoundedRounds.some(() -> leadership.findAsLeader(runs::forget).orElse(false));
    }
}
