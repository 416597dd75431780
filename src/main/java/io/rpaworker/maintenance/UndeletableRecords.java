package io.rpaworker.maintenance;

import io.rpaworker.queue.retention.OldRecords.OldRecord;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that retention has failed to delete, so that it passes over them. A flow that has more of them than are
 * remembered is left alone as a whole, until one of them can be deleted. Used by one thread.
 */
final class UndeletableRecords {

    private static final Logger log = LoggerFactory.getLogger(UndeletableRecords.class);

    /** Most records of a flow that are remembered. */
    static final int MOST = 1_000;

    private final NavigableMap<Long, Entry> byId = new TreeMap<>();
    private final Map<String, Integer> perFlow = new HashMap<>();
    private long tries;

    private record Entry(OldRecord record, String reason, long tried) {}

    /** Remembers a record, and logs it unless it is remembered already. */
    void add(OldRecord record, String reason) {
        boolean known = byId.containsKey(record.id());
        if (!known && isFull(record.flow())) {
            return;
        }
        byId.put(record.id(), new Entry(record, reason, ++tries));
        if (known) {
            return;
        }
        log.warn(
                "Retention cannot delete record {} of {}: {}; it is left alone, and tried again at times",
                record.id(),
                record.flow(),
                reason);
        if (perFlow.merge(record.flow(), 1, Integer::sum) == MOST) {
            log.warn(
                    "Retention leaves all of {} alone until one of {} records that cannot be deleted can be",
                    record.flow(),
                    MOST);
        }
    }

    /** Forgets a record that is gone; answers whether it was remembered. */
    boolean remove(OldRecord record) {
        if (byId.remove(record.id()) == null) {
            return false;
        }
        perFlow.computeIfPresent(record.flow(), (flow, count) -> count == 1 ? null : count - 1);
        return true;
    }

    boolean contains(OldRecord record) {
        return byId.containsKey(record.id());
    }

    /** Whether so many records of a flow are remembered that all of it is left alone. */
    boolean isFull(String flow) {
        return perFlow.getOrDefault(flow, 0) >= MOST;
    }

    /** The flows that have such records. */
    Set<String> flows() {
        return Set.copyOf(perFlow.keySet());
    }

    /** The ids, in their order, that are not below one. */
    Collection<Long> idsFrom(long id) {
        return byId.tailMap(id, true).keySet();
    }

    /** How often records were added so far, for {@link #next}. */
    long tries() {
        return tries;
    }

    /** The record of a flow whose last try is the longest ago; empty if all have been tried after {@code tries}. */
    Optional<OldRecord> next(String flow, long tries) {
        return byId.values().stream()
                .filter(it -> it.record().flow().equals(flow) && it.tried() <= tries)
                .min(Comparator.comparingLong(Entry::tried))
                .map(Entry::record);
    }

    int count() {
        return byId.size();
    }

    /** One of them and why, for people to read. */
    Optional<String> example() {
        return byId.values().stream()
                .findFirst()
                .map(it -> "record %d of %s: %s"
                        .formatted(it.record().id(), it.record().flow(), it.reason()));
    }

    /** The flows that are left alone as a whole. */
    List<String> fullFlows() {
        return perFlow.keySet().stream().filter(this::isFull).sorted().collect(Collectors.toList());
    }
}
