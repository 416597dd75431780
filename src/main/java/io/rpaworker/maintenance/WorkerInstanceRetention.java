package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.retention.Retention;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Deletes the rows of worker instances that are long gone. */
@Component
@Order(80) // shorter than the other retentions
class WorkerInstanceRetention implements Chore {

    private final Leadership leadership;
    private final Retention retention;
    private final MaintenanceProperties properties;

    WorkerInstanceRetention(Leadership leadership, Retention retention, MaintenanceProperties properties) {
        this.leadership = leadership;
        this.retention = retention;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "retention of replicas";
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
        leadership.asLeader(retention::purgeReplicas);
        return false;
    }
}
