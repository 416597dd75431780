package io.rpaworker.ops.assessment;

import io.rpaworker.history.Window;
import io.rpaworker.ops.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to know of what has become of attempts.
 *
 * @param hours for how long back; null for a day, or if a time is given
 * @param from the beginning of a time; null if hours are given
 * @param to its end; null for now
 * @param flows those asked for; empty for all
 * @param errors whether failures are told by cause
 */
public record PerformanceQuestion(
        @Nullable Integer hours,
        @Nullable Instant from,
        @Nullable Instant to,
        Set<String> flows,
        boolean errors) {

    private static final int DEFAULT_HOURS = 24;
    private static final Duration KEPT = Duration.ofDays(400);

    /**
     * The time that is meant.
     *
     * @throws Problem if it makes no sense
     */
    Window window(Instant now) {
        if (hours != null && (from != null || to != null)) {
            throw wrong("time_window_hours", "Give either time_window_hours or from and to, not both");
        } else if (hours != null && (hours < 1 || hours > KEPT.toHours())) {
            throw wrong(
                    "time_window_hours", "time_window_hours is from 1 to %d, not %d".formatted(KEPT.toHours(), hours));
        } else if (from == null && to != null) {
            throw wrong("from", "Give from as well as to");
        }
        Instant end = to == null || to.isAfter(now) ? now : to;
        Instant begin = from != null ? from : now.minus(Duration.ofHours(hours == null ? DEFAULT_HOURS : hours));
        if (!begin.isBefore(end)) {
            throw wrong("from", "from, %s, is not before %s".formatted(begin, to == null ? "now" : "to, " + end));
        } else if (begin.isBefore(now.minus(KEPT))) {
            throw wrong(
                    "from",
                    "from, %s, is longer ago than statistics are kept: %d days".formatted(begin, KEPT.toDays()));
        }
        return Window.of(begin, end, now);
    }

    private static Problem wrong(String parameter, String message) {
        return new Problem(Problem.Kind.INVALID_PARAMETER, message).with("parameter", parameter);
    }

    boolean isAbout(String flow) {
        return flows.isEmpty() || flows.contains(flow);
    }

    /** For a statement: the flow, if only one is asked for; the answer has others otherwise. */
    @Nullable
    String onlyFlow() {
        return flows.size() == 1 ? flows.iterator().next() : null;
    }
}
