package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.action.RunActions;
import io.rpaworker.ops.action.RunOrder;
import io.rpaworker.ops.action.RunStart;
import io.rpaworker.ops.run.RunStories;
import io.rpaworker.ops.run.RunStory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/runs}, the last first, and {@code /runs/{id}}: how far a run is, and why it has not ended. A
 * {@code POST} starts one; on its id it is cancelled, tried again or reopened.
 */
@Component
@Endpoint(id = "runs", defaultAccess = Access.UNRESTRICTED)
class RunsEndpoint {

    private final RunStories stories;
    private final RunActions actions;
    private final OrderBodies bodies;

    RunsEndpoint(RunStories stories, RunActions actions, OrderBodies bodies) {
        this.stories = stories;
        this.actions = actions;
        this.bodies = bodies;
    }

    /** One page of those asked for. */
    @ReadOperation
    RunStories.Page runs(
            @Nullable String flow, @Nullable String state, @Nullable String limit, @Nullable String before) {
        return stories.page(flow, state, limit, before);
    }

    /** One run. */
    @ReadOperation
    RunStory run(
            @Selector String id,
            @Nullable String flow,
            @Nullable String state,
            @Nullable String limit,
            @Nullable String before) {
        if (flow != null || state != null || limit != null || before != null) {
            String name = flow != null ? "flow" : state != null ? "state" : limit != null ? "limit" : "before";
            throw Parameters.invalid(name, "Beside a run in the path there is no parameter");
        }
        return stories.one(Parameters.number("id", id));
    }

    /** Starts one. */
    @WriteOperation
    RunOrder.Done start(String order, SecurityContext asker) {
        return actions.start(bodies.read(order, RunStart.class), Askers.operator(asker));
    }

    /** Cancels one, has it tried again or reopened. */
    @WriteOperation
    RunOrder.Done order(@Selector String id, String order, SecurityContext asker) {
        return actions.carryOut(
                Parameters.number("id", id), bodies.read(order, RunOrder.class), Askers.operator(asker));
    }
}
