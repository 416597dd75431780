package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.assessment.QueueMonitoring;
import io.rpaworker.ops.assessment.QueueMonitoring.Monitored;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/queuemonitor[?flow_names=&include_detailed_metrics=]}: how the queue is, and what to do. */
@Component
@Endpoint(id = "queuemonitor", defaultAccess = Access.READ_ONLY)
class QueueMonitorEndpoint {

    private final QueueMonitoring monitoring;

    QueueMonitorEndpoint(QueueMonitoring monitoring) {
        this.monitoring = monitoring;
    }

    @ReadOperation
    Monitored queuemonitor(@Nullable Set<String> flowNames, @Nullable Boolean includeDetailedMetrics) {
        return monitoring.look(
                flowNames == null ? Set.of() : flowNames, includeDetailedMetrics == null || includeDetailedMetrics);
    }
}
