package io.rpaworker.ops;

import io.rpaworker.queue.StatusCounts;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;

/**
 * The queue as it was a moment ago.
 *
 * @param counts of every flow that has records, and of those without any that this process runs
 * @param oldestAges how long the oldest due record has waited; flows without a due record are absent
 * @param takenAtNanos {@link System#nanoTime} before the database was asked
 */
record QueueSnapshot(SortedMap<String, StatusCounts> counts, Map<String, Duration> oldestAges, long takenAtNanos) {

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - takenAtNanos);
    }

    Duration oldestAge(String flow) {
        return oldestAges.getOrDefault(flow, Duration.ZERO);
    }
}
