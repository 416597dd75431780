package io.rpaworker.handler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record to be added.
 *
 * @param payload a JSON object
 * @param key business key: a second record with the same key in the same flow is not added; null for none
 * @param availableAt not claimed before this moment of PostgreSQL's clock; null for at once
 */
public record NewRecord(
        String payload, @Nullable String key, @Nullable Instant availableAt) {

    /** A record without a key, to be claimed at once. */
    public static NewRecord of(String payload) {
        return new NewRecord(payload, null, null);
    }

    /** A record that is added once per {@code key} and flow, to be claimed at once. */
    public static NewRecord of(String payload, String key) {
        return new NewRecord(payload, key, null);
    }
}
