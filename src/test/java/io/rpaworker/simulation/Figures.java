package io.rpaworker.simulation;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How often what happened in a run: a run without faults proves nothing. */
final class Figures {

    /** What is counted. */
    enum Figure {
        /** Statements, commits and rollbacks. */
        STEPS,
        CRASHES,
        CRASHES_IN_TRANSACTION,
        CUT,
        LOST_ANSWERS,
        LOST_COMMITS,
        LATE,
        PAUSES,
        LOCK_WAITS,
        REJECTED_BY_FENCE,
        RECOVERED_FROM_DEAD,
        TERMS,
        RECORDS,
        COMPLETED,
        DEAD_LETTERS
    }

    private final Map<Figure, Integer> counts = new EnumMap<>(Figure.class);

    void count(Figure figure) {
        counts.merge(figure, 1, Integer::sum);
    }

    void set(Figure figure, int count) {
        counts.put(figure, count);
    }

    int of(Figure figure) {
        return counts.getOrDefault(figure, 0);
    }

    @Override
    public String toString() {
        return counts.entrySet().stream()
                .map(it -> it.getKey().name().toLowerCase(Locale.ROOT) + "=" + it.getValue())
                .collect(Collectors.joining(" "));
    }
}
