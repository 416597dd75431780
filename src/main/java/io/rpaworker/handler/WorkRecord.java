package io.rpaworker.handler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record as its handler sees it.
 *
 * @param <P> the decoded payload
 * @param id of {@code processing_queue}
 * @param flow the flow it belongs to
 * @param key the business key it was added with; null if it was added without one
 * @param payload decoded and valid
 * @param attempt one more than it has failed so far, so 1 on the first try. What was released, and what a replica left
 *     behind when it died, comes back with the same attempt; only what is taken from a Python worker has used one
 * @param createdAt when it was added, by PostgreSQL's clock
 */
public record WorkRecord<P>(long id, String flow, @Nullable String key, P payload, int attempt, Instant createdAt) {

    /** The same for every attempt at this record; give it to other systems, which may see an attempt twice. */
    public String idempotencyKey() {
        return flow + "/" + id;
    }
}
