package io.rpaworker.ops.meters;

import io.rpaworker.queue.counts.StatusCounts;
import java.util.Comparator;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which flows have series of their own. Producers invent names, and each would cost every scrape of every replica five
 * lines.
 */
final class ShownFlows {

    /** Stands for all flows that are not shown; one that has this name is not shown either. */
    static final String OTHER = "_other";

    // A flow that is shown keeps its place until another has so many times its records: those of about the same size
    // would take turns, and each time a series ends and another begins.
    private static final int TIMES = 2;

    private final int most;
    private Set<String> shown = Set.of();

    ShownFlows(int most) {
        this.most = most;
    }

    /**
     * Chooses anew.
     *
     * @param counts of all flows
     * @param own the flows that this replica runs, which are shown in any case
     * @return the own ones and the largest others; more than the bound only if the own ones are
     */
    Set<String> among(Map<String, StatusCounts> counts, Set<String> own) {
        Stream<String> others = counts.entrySet().stream()
                .filter(it -> !own.contains(it.getKey()))
                .filter(it -> !it.getKey().equals(OTHER))
                .sorted(Comparator.comparingLong(this::weight).reversed().thenComparing(Entry::getKey))
                .limit(Math.max(0, most - own.size()))
                .map(Entry::getKey);
        shown = Stream.concat(own.stream().filter(it -> !it.equals(OTHER)), others)
                .collect(Collectors.toUnmodifiableSet());
        return shown;
    }

    private long weight(Entry<String, StatusCounts> flow) {
        long records = flow.getValue().total();
        return shown.contains(flow.getKey()) ? records * TIMES : records;
    }
}
