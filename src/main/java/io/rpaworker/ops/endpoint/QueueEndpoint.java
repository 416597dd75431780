package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import io.rpaworker.ops.BoundedQuestion;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/queue[?flow=]}: how many records there are in each status at this moment. Counting millions
 * takes seconds, and a connection that claims need: it is done once for all who ask, and who has waited long enough is
 * told what the last snapshot knows.
 */
@Component
@Endpoint(id = "queue", defaultAccess = Access.READ_ONLY)
class QueueEndpoint {

    private static final Logger log = LoggerFactory.getLogger(QueueEndpoint.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final QueueSnapshots snapshots;
    private final BoundedQuestion<QueueSnapshot> inquiry;

    QueueEndpoint(QueueSnapshots snapshots) {
        this.snapshots = snapshots;
        this.inquiry = new BoundedQuestion<>("counts", PATIENCE, snapshots::count);
    }

    /** Counts all flows or one; a flow that has no records, or does not exist, has zeros. */
    @ReadOperation
    WebEndpointResponse<?> queue(@Nullable String flow) {
        return switch (inquiry.ask()) {
            case Answered<QueueSnapshot> it ->
                new WebEndpointResponse<>(QueueReport.of(of(flow, it.value().counts()), null));
            case Unanswered<QueueSnapshot> it -> {
                log.debug("Could not count the queue: {}", it.reason());
                yield lastKnown(flow);
            }
        };
    }

    private WebEndpointResponse<?> lastKnown(@Nullable String flow) {
        return snapshots
                .fresh()
                .<WebEndpointResponse<?>>map(
                        it -> new WebEndpointResponse<>(QueueReport.of(of(flow, it.counts()), it.age())))
                .orElseGet(() -> new WebEndpointResponse<>(
                        Map.of("error", "rpa_db does not answer"), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE));
    }

    private static SortedMap<String, StatusCounts> of(@Nullable String flow, SortedMap<String, StatusCounts> all) {
        boolean one = flow != null && !flow.isBlank();
        return one ? new TreeMap<>(Map.of(flow, all.getOrDefault(flow, StatusCounts.NONE))) : all;
    }
}
