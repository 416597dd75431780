package io.rpaworker.ops.assessment;

import io.rpaworker.history.FailureHistory.CauseOfFailures;
import io.rpaworker.history.Window;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Failed attempts by cause, for the last 14 days.
 *
 * @param totalErrors all of them
 * @param uniqueErrorTypes how many causes there are
 * @param errorsByFlow the twenty most frequent causes of all flows
 * @param topErrors the ten most frequent
 */
@JsonNaming(SnakeCaseStrategy.class)
record Errors(
        Instant analysisTimestamp,
        TimeWindow timeWindow,
        long totalErrors,
        int uniqueErrorTypes,
        Map<String, List<Cause>> errorsByFlow,
        List<Cause> topErrors,
        List<Spike> spikes) {

    static final int MOST_CAUSES = 20;
    private static final int MOST_ON_TOP = 10;

    /**
     * One cause.
     *
     * @param errorMessage the beginning of what one of them said; null for who may not see texts
     * @param fingerprint the same for failures of the same cause; {@code other} for causes that are too many to be told
     *     apart, empty if there is none
     * @param deadLetters how many of them were a record's last attempt
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Cause(
            String flowName,
            String kind,
            String fingerprint,
            @Nullable String errorMessage,
            long errorCount,
            long deadLetters,
            Instant firstOccurrence,
            Instant lastOccurrence) {}

    static Errors of(Window window, List<CauseOfFailures> causes, List<Spike> spikes, boolean texts, Instant now) {
        List<Cause> told = causes.stream()
                .map(it -> new Cause(
                        it.flow(),
                        it.kind(),
                        it.fingerprint(),
                        texts ? it.sample() : null,
                        it.attempts(),
                        it.dead(),
                        it.firstSeen(),
                        it.lastSeen()))
                .toList();
        return new Errors(
                now,
                TimeWindow.of(window),
                causes.isEmpty() ? 0 : causes.getFirst().allAttempts(),
                causes.isEmpty() ? 0 : causes.getFirst().allCauses(),
                told.stream().collect(Collectors.groupingBy(Cause::flowName, TreeMap::new, Collectors.toList())),
                told.stream().limit(MOST_ON_TOP).toList(),
                spikes);
    }
}
