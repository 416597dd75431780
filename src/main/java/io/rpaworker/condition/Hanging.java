package io.rpaworker.condition;

import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A call of a handler that takes longer than its {@code record-timeout}.
 *
 * @param records the ids of what it was called for; the first ten of many
 * @param more how many others it was called for
 * @param attempt which one this is, of the first of them; from 1
 * @param runningFor since when, by the monotonic clock
 * @param stuck whether it was given up: it ignores its interrupt, and keeps its slot
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Hanging(List<Long> records, int more, int attempt, Duration runningFor, boolean stuck) {

    // A batch has up to 10,000.
    private static final int MOST_IDS = 10;

    public Hanging {
        records = List.copyOf(records);
        Objects.requireNonNull(runningFor);
    }

    /** The same of any number of records. */
    public static Hanging of(List<Long> records, int attempt, Duration runningFor, boolean stuck) {
        List<Long> named = records.subList(0, Math.min(records.size(), MOST_IDS));
        return new Hanging(named, records.size() - named.size(), attempt, runningFor, stuck);
    }

    /** As people read it: {@code record 17, attempt 1, for 12 s}. */
    public String text() {
        return "%s, attempt %d, for %s".formatted(ids(records, more), attempt, DurationText.of(runningFor));
    }

    /** The first ids of many: {@code records 17, 18}. */
    public static String ids(List<Long> records) {
        return ids(records, 0);
    }

    private static String ids(List<Long> records, int others) {
        String ids = records.stream().limit(MOST_IDS).map(String::valueOf).collect(Collectors.joining(", "));
        int more = others + Math.max(0, records.size() - MOST_IDS);
        return (records.size() == 1 ? "record " : "records ") + ids + (more > 0 ? " and %d more".formatted(more) : "");
    }
}
