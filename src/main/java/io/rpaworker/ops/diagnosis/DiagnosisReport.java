package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.QueueStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What the doctor says, with the old system's names.
 *
 * @param processorInstanceId this replica's; null while it has no lease
 * @param targetFlow the one that was asked for; null for all
 * @param orphanedRecordsAnalysis an {@link OrphanAnalysis}, or an empty map if it was not asked for
 * @param performanceAnalysis empty if it was not asked for, or if nobody keeps a history
 * @param issuesFound what is wrong, in sentences
 * @param recommendations what to do, in sentences
 * @param findings what is wrong, the worst first
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DiagnosisReport(
        Instant diagnosticTimestamp,
        @Nullable String processorInstanceId,
        @Nullable String targetFlow,
        SystemHealth systemHealth,
        QueueStatus queueDiagnostics,
        Object orphanedRecordsAnalysis,
        Map<String, Object> performanceAnalysis,
        DatabaseHealth databaseDiagnostics,
        List<String> issuesFound,
        List<String> recommendations,
        List<Finding> findings) {}
