package io.rpaworker.ops.endpoint;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.ops.action.MaintenanceActions;
import io.rpaworker.ops.action.MaintenanceOrder;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/** {@code POST /actuator/maintenance}: the old system's cleanup and reset, with {@code dry_run}. */
@Component
@Endpoint(id = "maintenance", defaultAccess = Access.UNRESTRICTED)
class MaintenanceEndpoint {

    private final MaintenanceActions actions;
    private final OrderBodies bodies;
    private final Heartbeat heartbeat;

    MaintenanceEndpoint(MaintenanceActions actions, OrderBodies bodies, Heartbeat heartbeat) {
        this.actions = actions;
        this.bodies = bodies;
        this.heartbeat = heartbeat;
    }

    /** Cleans up, resets, or counts what would be. */
    @WriteOperation
    MaintenanceOrder.Done order(String order, SecurityContext asker) {
        return actions.carryOut(bodies.read(order, MaintenanceOrder.class), Askers.operator(asker), heartbeat.host());
    }
}
