package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.fleet.FlowDifferences;
import io.rpaworker.ops.fleet.FlowOverview;
import io.rpaworker.ops.fleet.FlowOverviews;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/flows}, {@code /flows/{flow}} and, for a name that no path can have, {@code ?flow=}: which flows
 * there are and by which settings this replica processes them; {@code ?compare=} two environments.
 */
@Component
@Endpoint(id = "flows", defaultAccess = Access.READ_ONLY)
class FlowsEndpoint {

    private final FlowOverviews flows;
    private final FlowDifferences differences;

    FlowsEndpoint(FlowOverviews flows, FlowDifferences differences) {
        this.flows = flows;
        this.differences = differences;
    }

    /** All flows, one of them, or what differs between two environments. */
    @ReadOperation
    Object flows(@Nullable String flow, @Nullable String compare) {
        if (flow != null && compare != null) {
            throw Parameters.invalid("compare", "Either a flow is asked for or two environments are compared");
        }
        if (compare != null) {
            return differences.between(compare);
        }
        return flow == null ? flows.all() : flows.one(flow);
    }

    /** One flow. */
    @ReadOperation
    FlowOverview one(@Selector String name, @Nullable String flow, @Nullable String compare) {
        if (flow != null || compare != null) {
            throw Parameters.invalid(
                    flow != null ? "flow" : "compare", "Beside a flow in the path there is no parameter");
        }
        return flows.one(name);
    }
}
