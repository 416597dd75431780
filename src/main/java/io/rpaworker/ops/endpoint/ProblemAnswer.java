package io.rpaworker.ops.endpoint;

import io.rpaworker.ops.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * An error in the shape that the old system promised.
 *
 * @param status always {@code failed}
 * @param errorType {@code invalid_parameter}, {@code not_found}, {@code conflict}, {@code forbidden},
 *     {@code unavailable} or {@code internal}
 * @param context what it is about; empty for nothing in particular
 */
@JsonNaming(SnakeCaseStrategy.class)
record ProblemAnswer(
        String status, String error, String errorType, Instant timestamp, Map<String, @Nullable Object> context) {

    static ProblemAnswer of(Problem problem, Instant now) {
        return of(problem.kind().name().toLowerCase(Locale.ROOT), problem.getMessage(), now, problem.context());
    }

    static ProblemAnswer internal(Instant now) {
        return of("internal", "The question could not be answered; the worker's log says why", now, Map.of());
    }

    private static ProblemAnswer of(
            String type, @Nullable String error, Instant now, Map<String, @Nullable Object> context) {
        return new ProblemAnswer(
                "failed", error == null ? "" : error, type, now.truncatedTo(ChronoUnit.MILLIS), context);
    }

    /** The status of HTTP that says the same. */
    static int httpStatus(Problem.Kind kind) {
        return switch (kind) {
            case INVALID_PARAMETER -> 400;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case UNAVAILABLE -> 503;
        };
    }
}
