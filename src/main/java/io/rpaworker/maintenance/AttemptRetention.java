package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.retention.Retention;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Deletes attempts that are old enough. Each batch asks anew whether it still leads. */
@Component
@Order(90) // shorter than a walk through the queue
class AttemptRetention implements Chore {

    private final Leadership leadership;
    private final Retention retention;
    private final MaintenanceProperties properties;

    AttemptRetention(Leadership leadership, Retention retention, MaintenanceProperties properties) {
        this.leadership = leadership;
        this.retention = retention;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "retention of attempts";
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
        Duration kept = properties.retention().attempts();
        return BoundedRounds.some(() ->
                leadership.findAsLeader(() -> retention.purgeAttempts(kept) > 0).orElse(false));
    }
}
