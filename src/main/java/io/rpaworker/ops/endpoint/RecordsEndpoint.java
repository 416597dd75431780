package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.action.RecordActions;
import io.rpaworker.ops.action.RecordOrder;
import io.rpaworker.ops.story.RecordStories;
import io.rpaworker.ops.story.RecordStory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/records/{id}} and {@code GET /actuator/records?flow=&key=}: everything known of one record, and
 * why it is not running. Its payload is for administrators. A {@code POST} on its id changes what becomes of it.
 */
@Component
@Endpoint(id = "records", defaultAccess = Access.UNRESTRICTED)
class RecordsEndpoint {

    private final RecordStories stories;
    private final RecordActions actions;
    private final OrderBodies bodies;

    RecordsEndpoint(RecordStories stories, RecordActions actions, OrderBodies bodies) {
        this.stories = stories;
        this.actions = actions;
        this.bodies = bodies;
    }

    /** By its id; a flow and a key besides would say it twice. */
    @ReadOperation
    RecordStory record(@Selector String id, @Nullable String flow, @Nullable String key, SecurityContext asker) {
        if (flow != null || key != null) {
            throw new Problem(
                            Problem.Kind.INVALID_PARAMETER,
                            "A record is asked for by its id or by flow and key, not both")
                    .with("parameter", flow != null ? "flow" : "key");
        }
        return stories.ofId(Parameters.number("id", id), maySeePayload(asker));
    }

    /** By its flow and its key. */
    @ReadOperation
    RecordStory recordOfKey(@Nullable String flow, @Nullable String key, SecurityContext asker) {
        return stories.ofKey(Parameters.needed("flow", flow), Parameters.needed("key", key), maySeePayload(asker));
    }

    /** Cancels, postpones, hurries, retries or discards one. */
    @WriteOperation
    RecordOrder.Done order(@Selector String id, String order, SecurityContext asker) {
        return actions.carryOut(
                Parameters.number("id", id), bodies.read(order, RecordOrder.class), Askers.operator(asker));
    }

    private static boolean maySeePayload(SecurityContext asker) {
        return asker.isUserInRole("admin");
    }
}
