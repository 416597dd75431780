package io.rpaworker.ops;

import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.Lease;
import io.rpaworker.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Part of liveness: whether this process has come to a halt that only a restart ends. Loops that come round and fail,
 * because a database does not answer, are alive.
 */
@Component
class StuckHealthIndicator implements HealthIndicator {

    private final Worker worker;
    private final Lease lease;
    private final MonitoringProperties properties;

    StuckHealthIndicator(Worker worker, Lease lease, MonitoringProperties properties) {
        this.worker = worker;
        this.lease = lease;
        this.properties = properties;
    }

    @Override
    public Health health() {
        List<String> problems = problems(worker.flows(), lease.overdue(), properties.stalledAfter());
        return problems.isEmpty()
                ? Health.up().build()
                : Health.down().withDetail("problems", problems).build();
    }

    static List<String> problems(List<FlowState> flows, Duration heartbeatOverdue, Duration stalledAfter) {
        var problems = new ArrayList<String>();
        if (heartbeatOverdue.compareTo(stalledAfter) > 0) {
            problems.add("The heartbeat is overdue by " + heartbeatOverdue);
        }
        for (FlowState flow : flows) {
            if (flow.isAllStuck()) {
                problems.add("All %d slots of flow %s are stuck".formatted(flow.slots(), flow.flow()));
            }
            if (flow.pollOverdue().compareTo(stalledAfter) > 0) {
                problems.add("The poll of flow %s is overdue by %s".formatted(flow.flow(), flow.pollOverdue()));
            }
            if (!flow.intact()) {
                problems.add("A loop of flow %s has ended".formatted(flow.flow()));
            }
        }
        return problems;
    }
}
