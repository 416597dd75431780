package io.rpaworker.queue;

import java.time.Instant;
import java.util.Comparator;

/**
 * Where a record stands among those of its flow: what became available earlier comes first, then the smaller id.
 *
 * @param availableAt since when it can be claimed
 * @param id of {@code processing_queue}
 */
public record Position(Instant availableAt, long id) implements Comparable<Position> {

    private static final Comparator<Position> ORDER =
            Comparator.comparing(Position::availableAt).thenComparingLong(Position::id);

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }
}
