package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.QueueStatus;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * How this replica and what it needs is, in the old system's shape.
 *
 * @param status unhealthy if rpa_db does not answer; degraded if it is slow, if SurveyHub does not answer, or if nobody
 *     knows the counts
 * @param databases {@code rpa_db}, and {@code source_db} if SurveyHub is configured
 * @param queueStatus the counts of all flows, -1 where nobody knows them
 * @param instanceInfo who answers
 * @param timestamp when
 * @param error what keeps it from being healthy; absent if nothing does
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SystemHealth(
        Status status,
        Map<String, DatabaseHealth> databases,
        @Nullable QueueStatus queueStatus,
        InstanceInfo instanceInfo,
        Instant timestamp,
        @Nullable String error) {

    static final String RPA_DB = "rpa_db";
    static final String SOURCE_DB = "source_db";

    /**
     * Who answers.
     *
     * @param instanceId null while it has no lease
     * @param sourceDbName null if SurveyHub is not configured
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record InstanceInfo(
            @Nullable String instanceId,
            String hostname,
            String rpaDbName,
            @Nullable String sourceDbName) {}

    DatabaseHealth rpaDb() {
        return databases.getOrDefault(
                RPA_DB, new DatabaseHealth(RPA_DB, Status.UNHEALTHY, false, false, null, null, timestamp, error));
    }
}
