package io.rpaworker.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records that are one replica's until it settles them or its lease ends.
 *
 * @param id names the claim in every statement that settles one of its records
 * @param flow the records' flow
 * @param records in the order they became available; empty if nothing was due
 */
public record Claim(UUID id, String flow, List<ClaimedRecord> records) {

    /**
     * A record as it was claimed.
     *
     * @param id of {@code processing_queue}
     * @param key business key; null if it has none
     * @param payload the JSON as text, not yet decoded: a record that does not decode must not spoil its batch; empty
     *     if it is not read
     * @param retryCount failed attempts so far
     * @param createdAt when it was added
     * @param availableAt since when it could be claimed
     * @param waited how long it could have been claimed before it was, by PostgreSQL's clock; not negative, at most
     *     what nanoseconds can tell (292 years)
     * @param flaw why its payload cannot be read, now or ever; null if it can
     */
    public record ClaimedRecord(
            long id,
            @Nullable String key,
            String payload,
            int retryCount,
            Instant createdAt,
            Instant availableAt,
            Duration waited,
            @Nullable String flaw) {

        /** One that is as it should be. */
        public ClaimedRecord(
                long id,
                @Nullable String key,
                String payload,
                int retryCount,
                Instant createdAt,
                Instant availableAt,
                Duration waited) {
            this(id, key, payload, retryCount, createdAt, availableAt, waited, null);
        }

        /** Whether its payload was read, or found to be unreadable. */
        boolean isRead() {
            return !payload.isEmpty();
        }

        ClaimedRecord with(@Nullable String itsKey, String itsPayload, @Nullable String itsFlaw) {
            return new ClaimedRecord(id, itsKey, itsPayload, retryCount, createdAt, availableAt, waited, itsFlaw);
        }

        private Position position() {
            return new Position(availableAt, id);
        }

        /** Without the payload, which is not for logs. */
        @Override
        public String toString() {
            return "ClaimedRecord[id=" + id + "]";
        }
    }

    /** Where its last record stands; null if there is none. */
    public @Nullable Position last() {
        return records.isEmpty() ? null : records.getLast().position();
    }

    /** Whether nothing was due. */
    public boolean isEmpty() {
        return records.isEmpty();
    }
}
