package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Replicas;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/workers}: the replicas that live, and those that have ended of late. */
@Component
@Endpoint(id = "workers", defaultAccess = Access.READ_ONLY)
class WorkersEndpoint {

    private final Replicas replicas;

    WorkersEndpoint(Replicas replicas) {
        this.replicas = replicas;
    }

    /** All of them. */
    @ReadOperation
    Fleet workers() {
        return replicas.look();
    }
}
