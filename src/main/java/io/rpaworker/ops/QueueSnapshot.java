package io.rpaworker.ops;

import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.queue.counts.QueueCounts.Later;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.counts.TableHealth.Holder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The queue as it was a moment ago.
 *
 * @param counts of every flow that has records, and of those without any that this process runs
 * @param oldestAges how long the oldest due record has waited; flows without a due record are absent
 * @param later how many records wait for their time; flows without records are absent
 * @param deadTuples rows that PostgreSQL has not cleaned up yet
 * @param holders who holds the oldest snapshots
 * @param handlers what live replicas process their flows with
 * @param runs of all flows
 * @param takenAtNanos {@link System#nanoTime} before the database was asked
 * @param took how long the database worked on it
 */
public record QueueSnapshot(
        SortedMap<String, StatusCounts> counts,
        Map<String, Duration> oldestAges,
        Map<String, Later> later,
        long deadTuples,
        List<Holder> holders,
        List<LiveHandler> handlers,
        RunsSnapshot runs,
        long takenAtNanos,
        Duration took) {

    // A replication slot has no date; by then it is forgotten.
    private static final long OLD_TRANSACTIONS = 1_000_000;

    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - takenAtNanos);
    }

    public Duration oldestAge(String flow) {
        return oldestAges.getOrDefault(flow, Duration.ZERO);
    }

    public Later later(String flow) {
        return later.getOrDefault(flow, Later.NONE);
    }

    /** Machines or pods of live replicas that process a flow, by name; empty if none does. */
    public List<String> processedBy(String flow) {
        return handlers.stream()
                .filter(it -> flow.equals(it.flow()))
                .map(LiveHandler::host)
                .toList();
    }

    /** All records. */
    public StatusCounts sum() {
        return counts.values().stream().reduce(StatusCounts.NONE, StatusCounts::plus);
    }

    /** How long the oldest snapshot has been held; zero if nobody holds one. */
    public Duration oldestSnapshot() {
        return holders.stream().map(Holder::age).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** How many transactions ago the oldest snapshot was taken; zero if nobody holds one. */
    public long oldestSnapshotTransactions() {
        return holders.stream().mapToLong(Holder::transactions).max().orElse(0);
    }

    /** Those who have held a snapshot for so long, or since a million transactions ago. */
    public List<Holder> oldHolders(Duration after) {
        return holders.stream()
                .filter(it -> it.age().compareTo(after) >= 0 || it.transactions() >= OLD_TRANSACTIONS)
                .toList();
    }
}
