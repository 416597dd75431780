package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.diagnosis.Diagnosis;
import io.rpaworker.ops.diagnosis.DiagnosisReport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;

/** {@code GET /actuator/diagnostics}: what is wrong, and what to do about it. */
@Component
@Endpoint(id = "diagnostics", defaultAccess = Access.READ_ONLY)
class DiagnosticsEndpoint {

    private final Diagnosis diagnosis;

    DiagnosticsEndpoint(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    /** Diagnoses all flows or one, with both analyses unless they are declined. */
    @ReadOperation
    DiagnosisReport diagnostics(
            @Nullable String flowName,
            @Nullable Boolean includeOrphanedAnalysis,
            @Nullable Boolean includePerformanceAnalysis) {
        return diagnosis.diagnose(new Diagnosis.Request(
                flowName == null || flowName.isBlank() ? null : flowName,
                includeOrphanedAnalysis == null || includeOrphanedAnalysis,
                includePerformanceAnalysis == null || includePerformanceAnalysis));
    }
}
