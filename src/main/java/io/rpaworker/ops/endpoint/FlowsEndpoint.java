package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.action.FlowActions;
import io.rpaworker.ops.action.FlowOrder;
import io.rpaworker.ops.fleet.FlowDifferences;
import io.rpaworker.ops.fleet.FlowOverview;
import io.rpaworker.ops.fleet.FlowOverviews;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/flows}, {@code /flows/{flow}} and, for a name that no path can have, {@code ?flow=}: which flows
 * there are and by which settings this replica processes them; {@code ?compare=} two environments. A {@code POST}
 * pauses, drains or resumes one.
 */
@Component
@Endpoint(id = "flows", defaultAccess = Access.UNRESTRICTED)
class FlowsEndpoint {

    private final FlowOverviews flows;
    private final FlowDifferences differences;
    private final FlowActions actions;
    private final OrderBodies bodies;

    FlowsEndpoint(FlowOverviews flows, FlowDifferences differences, FlowActions actions, OrderBodies bodies) {
        this.flows = flows;
        this.differences = differences;
        this.actions = actions;
        this.bodies = bodies;
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

    /** Pauses, drains or resumes the flow that the order names. */
    @WriteOperation
    FlowOrder.Done order(String order, SecurityContext asker) {
        return actions.carryOut(bodies.read(order, FlowOrder.class), Askers.operator(asker));
    }

    /** The same with the flow in the path. */
    @WriteOperation
    FlowOrder.Done orderOf(@Selector String name, String order, SecurityContext asker) {
        FlowOrder given = bodies.read(order, FlowOrder.class);
        if (given.flow() != null && !given.flow().equals(name)) {
            throw Parameters.invalid("flow", "The path names another flow than the order");
        }
        return actions.carryOut(given.of(name), Askers.operator(asker));
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
