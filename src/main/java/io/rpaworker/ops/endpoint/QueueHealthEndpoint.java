package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.diagnosis.QueueHealth;
import io.rpaworker.ops.diagnosis.Status;
import io.rpaworker.ops.diagnosis.SystemHealth;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/queuehealth}: the old system's health check; 503 if it is unhealthy. */
@Component
@Endpoint(id = "queuehealth", defaultAccess = Access.READ_ONLY)
class QueueHealthEndpoint {

    private final QueueHealth health;

    QueueHealthEndpoint(QueueHealth health) {
        this.health = health;
    }

    /** Asks both databases. */
    @ReadOperation
    WebEndpointResponse<SystemHealth> health() {
        SystemHealth seen = health.look();
        return new WebEndpointResponse<>(
                seen,
                seen.status() == Status.UNHEALTHY
                        ? WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE
                        : WebEndpointResponse.STATUS_OK);
    }
}
