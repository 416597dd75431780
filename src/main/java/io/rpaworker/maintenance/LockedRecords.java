package io.rpaworker.maintenance;

import io.rpaworker.queue.retention.OldRecords.OldRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that walk after walk could not lock. That is nothing to be told at first: most locks are short. Used by
 * one thread.
 */
final class LockedRecords {

    private static final Logger log = LoggerFactory.getLogger(LockedRecords.class);
    private static final int LONG = 3;
    private static final int MOST = 1_000;

    private Map<Long, Integer> before = Map.of();
    private Map<Long, Integer> now = new HashMap<>();
    private Optional<OldRecord> example = Optional.empty();
    private int count;

    /** Notes that a walk could not lock a record; logs it at the third walk in a row. */
    void add(OldRecord record) {
        if (now.size() == MOST || now.containsKey(record.id())) {
            return;
        }
        int walks = before.getOrDefault(record.id(), 0) + 1;
        now.put(record.id(), walks);
        if (walks == LONG) {
            log.warn(
                    "Retention cannot lock record {} of {}: another transaction holds it, or a policy forbids it;"
                            + " it is deleted by the walk that can",
                    record.id(),
                    record.flow());
        }
        if (walks >= LONG) {
            example = Optional.of(record);
        }
    }

    /** A walk has come to its end: what it could lock is forgotten. */
    void walkEnded() {
        before = now;
        now = new HashMap<>();
        count = (int) before.values().stream().filter(it -> it >= LONG).count();
        example = count == 0 ? Optional.empty() : example;
    }

    /** How many the last walk could not lock, and those before it. */
    int count() {
        return count;
    }

    /** One of them and why, for people to read. */
    Optional<String> example() {
        return example.map(it -> "record %d of %s: it is locked".formatted(it.id(), it.flow()));
    }
}
