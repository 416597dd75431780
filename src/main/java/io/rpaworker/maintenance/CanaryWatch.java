package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.deadletter.CanaryRetries;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Watches canaries: if they succeed, the others of their retry follow. Each batch asks anew whether it still leads. */
@Component
@Order(30) // what follows a canary waits for it
class CanaryWatch implements Chore {

    private final Leadership leadership;
    private final CanaryRetries canaries;
    private final MaintenanceProperties properties;

    CanaryWatch(Leadership leadership, CanaryRetries canaries, MaintenanceProperties properties) {
        this.leadership = leadership;
        this.canaries = canaries;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "canaries";
    }

    @Override
    public Doer doneBy() {
        return Doer.LEADER;
    }

    @Override
    public Duration interval() {
        return properties.sweepInterval();
    }

    @Override
    public boolean needsEstablishedLease() {
        return true;
    }

    @Override
    public boolean runOnce() {
        return BoundedRounds.some(
                () -> leadership.findAsLeader(canaries::watchOnce).orElse(false));
    }
}
