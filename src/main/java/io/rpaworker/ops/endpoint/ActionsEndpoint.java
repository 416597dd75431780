package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.action.ActionStories;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/actions[?flow=]}: who has done what, the last first. */
@Component
@Endpoint(id = "actions", defaultAccess = Access.READ_ONLY)
class ActionsEndpoint {

    private final ActionStories stories;

    ActionsEndpoint(ActionStories stories) {
        this.stories = stories;
    }

    /** One page of them. */
    @ReadOperation
    ActionStories.Page actions(@Nullable String flow, @Nullable String limit, @Nullable String before) {
        return stories.page(flow, limit, before);
    }
}
