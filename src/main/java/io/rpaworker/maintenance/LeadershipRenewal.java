package io.rpaworker.maintenance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.lease.Heartbeat;
import java.time.Duration;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Takes or renews the leadership of the chores, three times within what it lasts. */
@Component
@Order(50) // before the retries: who leads looks for them more often
class LeadershipRenewal implements Chore {

    private final Leadership leadership;
    private final Heartbeat heartbeat;
    private final MaintenanceProperties properties;

    LeadershipRenewal(
            Leadership leadership, Heartbeat heartbeat, MaintenanceProperties properties, MeterRegistry meters) {
        this.leadership = leadership;
        this.heartbeat = heartbeat;
        this.properties = properties;
        Gauge.builder("rpa.leader", leadership, it -> it.isLeader() ? 1 : 0)
                .description("1 on the replica that does the chores for all")
                .register(meters);
    }

    @Override
    public String name() {
        return "leadership";
    }

    @Override
    public Doer doneBy() {
        return Doer.EVERY_INSTANCE;
    }

    @Override
    public Duration interval() {
        return properties.leaderLease().dividedBy(3);
    }

    // A second try would find only that this replica has given its term up.
    @Override
    public boolean mayBeRetriedAtOnce() {
        return false;
    }

    @Override
    public boolean runOnce() {
        heartbeat.instance().ifPresent(it -> leadership.campaign(it.id(), properties.leaderLease()));
        return false;
    }
}
