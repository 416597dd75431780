package io.rpaworker.ops.health;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.worker.WorkerProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether this replica has ever been able to work: it has once held a lease, so that rpa_db is there, migrated, and
 * grants what the worker needs. Part of readiness: a rollout that would end with replicas that cannot work stops at the
 * first. Afterwards it stays UP, since restarting a replica mends no database.
 */
@Component
class FirstLeaseHealthIndicator implements HealthIndicator {

    private final Heartbeat heartbeat;
    private final WorkerProperties properties;

    FirstLeaseHealthIndicator(Heartbeat heartbeat, WorkerProperties properties) {
        this.heartbeat = heartbeat;
        this.properties = properties;
    }

    @Override
    public Health health() {
        if (heartbeat.wasHeld() || !properties.enabled()) {
            return Health.up().build();
        }
        Health.Builder waiting = Health.outOfService();
        heartbeat.problem().ifPresent(it -> waiting.withDetail("error", it));
        return waiting.build();
    }
}
