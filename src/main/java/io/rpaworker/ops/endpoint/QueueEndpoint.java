package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.CurrentCounts.Counted;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/queue[?flow=]}: how many records there are in each status at this moment. */
@Component
@Endpoint(id = "queue", defaultAccess = Access.READ_ONLY)
class QueueEndpoint {

    private final CurrentCounts counts;

    QueueEndpoint(CurrentCounts counts) {
        this.counts = counts;
    }

    /** Counts all flows or one. */
    @ReadOperation
    QueueReport queue(@Nullable String flow) {
        Counted counted = counts.now();
        if (flow == null || flow.isBlank()) {
            return QueueReport.of(counted);
        }
        counts.requireKnown(flow, counted.snapshot());
        return QueueReport.of(counted, flow);
    }
}
