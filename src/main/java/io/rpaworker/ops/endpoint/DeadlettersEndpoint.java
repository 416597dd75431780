package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.action.DeadLetterOrder;
import io.rpaworker.ops.action.DeadLetterOrders;
import io.rpaworker.ops.story.AskedDeadLetters;
import io.rpaworker.ops.story.DeadLetterPage;
import io.rpaworker.ops.story.DeadLetterStories;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/deadletters}, page by page, {@code /groups} by their causes, and {@code /analysis}. A
 * {@code POST} retries or deletes them. Spring Boot knows a parameter of a question by a parameter of the method.
 */
@Component
@Endpoint(id = "deadletters", defaultAccess = Access.UNRESTRICTED)
class DeadlettersEndpoint {

    private final DeadLetterStories stories;
    private final DeadLetterOrders orders;
    private final OrderBodies bodies;

    DeadlettersEndpoint(DeadLetterStories stories, DeadLetterOrders orders, OrderBodies bodies) {
        this.stories = stories;
        this.orders = orders;
        this.bodies = bodies;
    }

    /** One page of those asked for. */
    @ReadOperation
    DeadLetterPage list(
            @Nullable String flow,
            @Nullable String kind,
            @Nullable String fingerprint,
            @Nullable String error,
            @Nullable String failedFrom,
            @Nullable String failedBefore,
            @Nullable String runId,
            @Nullable String limit,
            @Nullable String after) {
        return stories.page(
                new AskedDeadLetters(flow, kind, fingerprint, error, failedFrom, failedBefore, runId), limit, after);
    }

    /** Retries, discards or purges those that the order means. */
    @WriteOperation
    DeadLetterOrder.Done order(String order, SecurityContext asker) {
        return orders.carryOut(bodies.read(order, DeadLetterOrder.class), Askers.operator(asker));
    }

    /** All of those asked for, in one of two views. */
    @ReadOperation
    Object view(
            @Selector String view,
            @Nullable String flow,
            @Nullable String kind,
            @Nullable String fingerprint,
            @Nullable String error,
            @Nullable String failedFrom,
            @Nullable String failedBefore,
            @Nullable String runId,
            @Nullable String limit,
            @Nullable String after) {
        if (limit != null || after != null) {
            String name = limit != null ? "limit" : "after";
            throw Parameters.invalid(name, "Parameter %s is for the list; this view is of all".formatted(name));
        }
        var asked = new AskedDeadLetters(flow, kind, fingerprint, error, failedFrom, failedBefore, runId);
        return switch (view) {
            case "groups" -> stories.groups(asked);
            case "analysis" -> stories.analysis(asked);
            default ->
                throw new Problem(Problem.Kind.NOT_FOUND, "There is no such view; there are groups and analysis")
                        .with("view", view);
        };
    }
}
