package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.assessment.PerformanceMonitoring;
import io.rpaworker.ops.assessment.PerformanceMonitoring.Performance;
import io.rpaworker.ops.assessment.PerformanceQuestion;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/**
 * {@code GET /actuator/performance[?time_window_hours=&from=&to=&flow=&flow_names=&include_error_analysis=]}: how the
 * work went. What failures say is only for viewers; everybody else sees how many there are.
 */
@Component
@Endpoint(id = "performance", defaultAccess = Access.READ_ONLY)
class PerformanceEndpoint {

    private static final String VIEWER = "viewer";

    private final PerformanceMonitoring monitoring;

    PerformanceEndpoint(PerformanceMonitoring monitoring) {
        this.monitoring = monitoring;
    }

    @ReadOperation
    Performance performance(
            SecurityContext who,
            @Nullable Integer timeWindowHours,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String flow,
            @Nullable Set<String> flowNames,
            @Nullable Boolean includeErrorAnalysis) {
        var flows = new HashSet<String>(flowNames == null ? Set.of() : flowNames);
        if (flow != null && !flow.isBlank()) {
            flows.add(flow);
        }
        flows.forEach(it -> Parameters.text("flow", it));
        var question = new PerformanceQuestion(
                timeWindowHours, from, to, flows, includeErrorAnalysis == null || includeErrorAnalysis);
        return monitoring.over(question, who.isUserInRole(VIEWER));
    }
}
