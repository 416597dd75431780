package io.rpaworker.maintenance;

import io.rpaworker.database.ErrorName;
import io.rpaworker.queue.retention.OldRecords.Left;
import io.rpaworker.queue.retention.OldRecords.OldRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the records that keep a window from being deleted: parts of it that are still to be tried are halved until
 * those to blame stand alone. Used by one thread; what a round leaves of it is done by the next.
 */
final class Culprits {

    private static final Logger log = LoggerFactory.getLogger(Culprits.class);

    // What was found is tried again once in so many walks: mostly in vain, and PostgreSQL logs each failure.
    private static final int WALKS_PER_TRY = 10;

    private final Deque<List<OldRecord>> parts = new ArrayDeque<>();
    private final UndeletableRecords undeletable;
    private final LockedRecords locked;
    private final Patience patience;
    private int walks;
    private long triesBefore;

    Culprits(UndeletableRecords undeletable, LockedRecords locked, Patience patience) {
        this.undeletable = undeletable;
        this.locked = locked;
        this.patience = patience;
    }

    /** A new walk begins; now and then with one record of each flow that could not be deleted. */
    void walkBegins() {
        triesBefore = undeletable.tries();
        if (++walks % WALKS_PER_TRY == 0) {
            undeletable.flows().forEach(this::tryNext);
        }
    }

    /** Some of these, if any, could not be deleted with their window. */
    void suspect(List<OldRecord> window) {
        push(window.stream().filter(it -> !undeletable.contains(it)).toList());
    }

    /** What is to be tried next; null if nothing is. */
    @Nullable
    List<OldRecord> nextPart() {
        return parts.poll();
    }

    boolean anyParts() {
        return !parts.isEmpty();
    }

    /** Tries a part another time. */
    void putBack(List<OldRecord> part) {
        parts.push(part);
    }

    /** A part was deleted but for what is left of it. */
    void deleted(List<OldRecord> part, Left left) {
        for (OldRecord record : part) {
            boolean isLocked = left.locked().contains(record.id());
            if (left.kept().contains(record.id())) {
                undeletable.add(record, "a trigger, a rule or a policy keeps it without an error");
            } else if (isLocked && undeletable.contains(record)) {
                undeletable.add(record, "it is locked");
            } else if (isLocked) {
                locked.add(record);
            } else if (undeletable.remove(record)) {
                tryNext(record.flow());
            }
        }
        renewPatience();
    }

    /**
     * A part could not be deleted: halves it, or has found one of those to blame.
     *
     * @return whether the round should go on
     * @throws RuntimeException {@code failure}, if it may pass; then the part is tried again
     */
    boolean divide(List<OldRecord> part, RuntimeException failure) {
        if (!undeletable.contains(part.getFirst())) {
            endure(part, failure);
        }
        if (part.size() == 1) {
            log.debug("Record {} cannot be deleted", part.getFirst().id(), failure);
            undeletable.add(part.getFirst(), ErrorName.of(failure));
        } else if (patience.isOver()) {
            parts.clear();
        } else {
            int half = part.size() / 2;
            push(part.subList(half, part.size()));
            push(part.subList(0, half));
        }
        renewPatience();
        return !Patience.mayTakeLong(failure);
    }

    private void endure(List<OldRecord> part, RuntimeException failure) {
        try {
            patience.endure(failure);
        } catch (RuntimeException mayPass) {
            putBack(part);
            throw mayPass;
        }
    }

    private void tryNext(String flow) {
        undeletable.next(flow, triesBefore).ifPresent(it -> parts.add(List.of(it)));
    }

    // A flow may have come to be left alone while its parts were waiting.
    private void push(List<OldRecord> part) {
        List<OldRecord> open =
                part.stream().filter(it -> !undeletable.isFull(it.flow())).toList();
        if (!open.isEmpty()) {
            parts.push(open);
        }
    }

    private void renewPatience() {
        if (parts.isEmpty()) {
            patience.renew();
        }
    }
}
