package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.CurrentCounts;
import io.rpaworker.ops.QueueReport;
import java.util.Set;
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
        return flow == null || flow.isBlank()
                ? QueueReport.of(counts.of(Set.of()))
                : QueueReport.of(counts.of(Set.of(flow)), flow);
    }
}
