package io.rpaworker.maintenance;

import io.rpaworker.history.StatisticsAge;
import io.rpaworker.leader.Leadership;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Deletes statistics that are older than they are kept for. */
@Component
@Order(85) // a few rows, mostly
class StatisticsRetention implements Chore {

    private final Leadership leadership;
    private final StatisticsAge statistics;
    private final MaintenanceProperties properties;

    StatisticsRetention(Leadership leadership, StatisticsAge statistics, MaintenanceProperties properties) {
        this.leadership = leadership;
        this.statistics = statistics;
        this.properties = properties;
    }

    @Override
    public String name() {
        return "retention of statistics";
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
        return BoundedRounds.some(
                () -> leadership.findAsLeader(statistics::forget).orElse(false));
    }
}
