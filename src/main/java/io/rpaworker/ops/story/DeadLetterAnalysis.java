package io.rpaworker.ops.story;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.story.DeadLetterPage.Cause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * What dead letters have in common, by the names of the old system.
 *
 * @param totalDeadLetters how many are meant
 * @param avgRetryCount mean number of attempts
 * @param byKind how many of each kind
 * @param byFlow how many of each flow, the 200 largest
 * @param temporalPatterns the hours of the last seven days in which records became dead letters, in their order
 * @param errorPatterns the ten causes with the most dead letters
 * @param suggestions what to look at first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record DeadLetterAnalysis(
        long totalDeadLetters,

        @JsonInclude(JsonInclude.Include.ALWAYS) @JsonSerialize(converter = PostgresInstant.class) @Nullable
        Instant oldestDeadLetter,

        @JsonInclude(JsonInclude.Include.ALWAYS) @JsonSerialize(converter = PostgresInstant.class) @Nullable
        Instant newestDeadLetter,

        double avgRetryCount,
        Map<String, Long> byKind,
        Map<String, Long> byFlow,
        List<Hour> temporalPatterns,
        List<Cause> errorPatterns,
        List<Suggestion> suggestions) {

    /** How many records became dead letters in the hour that begins then, in UTC. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Hour(Instant hour, long failureCount) {}

    /**
     * What to look at.
     *
     * @param type source_configuration, infrastructure, parser_configuration, resource_scaling or
     *     incident_investigation
     * @param priority high or medium
     * @param flowName of a suggestion about a flow
     * @param spikeRatio how many times the mean hour it is, of a suggestion about an hour
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Suggestion(
            String type,
            String priority,
            String description,
            String action,
            @Nullable String flowName,
            @Nullable Double spikeRatio) {}
}
