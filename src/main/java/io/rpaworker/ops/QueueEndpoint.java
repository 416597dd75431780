package io.rpaworker.ops;

import io.rpaworker.queue.QueueCounts;
import io.rpaworker.queue.StatusCounts;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/queue[?flow=]}: how many records there are in each status at this moment. */
@Component
@Endpoint(id = "queue", defaultAccess = Access.READ_ONLY)
class QueueEndpoint {

    private static final Logger log = LoggerFactory.getLogger(QueueEndpoint.class);

    private final QueueCounts counts;

    QueueEndpoint(QueueCounts counts) {
        this.counts = counts;
    }

    /** Counts all flows or one; a flow that has no records, or does not exist, has zeros. */
    @ReadOperation
    WebEndpointResponse<?> queue(@Nullable String flow) {
        try {
            Map<String, StatusCounts> all = counts.byFlow();
            boolean one = flow != null && !flow.isBlank();
            return new WebEndpointResponse<>(
                    QueueReport.of(one ? Map.of(flow, all.getOrDefault(flow, StatusCounts.NONE)) : all));
        } catch (DataAccessException e) {
            log.debug("Could not count the queue", e);
            return new WebEndpointResponse<>(
                    Map.of("error", "rpa_db does not answer"), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
