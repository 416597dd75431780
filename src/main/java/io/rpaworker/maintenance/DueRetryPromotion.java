package io.rpaworker.maintenance;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.recovery.DueRetries;
import java.time.Duration;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Makes due retries pending, of the flows that this replica runs. The leader looks for them more often; the others look
 * too, since they may run flows that the leader does not.
 */
@Component
@Order(60) // the last that anything waits for
class DueRetryPromotion implements Chore {

    private final DueRetries retries;
    private final FlowRegistry flows;
    private final Leadership leadership;
    private final MaintenanceProperties properties;

    DueRetryPromotion(DueRetries retries, FlowRegistry flows, Leadership leadership, MaintenanceProperties properties) {
        this.retries = retries;
        this.flows = flows;
        this.leadership = leadership;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "retries";
    }

    @Override
    public Doer doneBy() {
        return Doer.EVERY_INSTANCE;
    }

    @Override
    public Duration interval() {
        return leadership.isLeader() ? properties.retryInterval() : properties.sweepInterval();
    }

    @Override
    public boolean runOnce() {
        Set<String> own = flows.cleanupTimeouts().keySet();
        return BoundedRounds.some(() -> retries.promote(own) > 0);
    }
}
