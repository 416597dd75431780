package io.rpaworker.maintenance;

import io.rpaworker.leader.Leadership;
import io.rpaworker.queue.counts.QueueCounts;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Folds the rows that statements leave per flow into the queue's totals, so that counting them stays cheap. */
@Component
@Order(20) // short, and the totals are read all the time
class TotalsFolding implements Chore {

    private final Leadership leadership;
    private final QueueCounts counts;
    private final MaintenanceProperties properties;

    TotalsFolding(Leadership leadership, QueueCounts counts, MaintenanceProperties properties) {
        this.leadership = leadership;
        this.counts = counts;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "folding";
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
        leadership.asLeader(counts::fold);
        return false;
    }
}
