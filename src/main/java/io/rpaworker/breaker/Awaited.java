package io.rpaworker.breaker;

import io.rpaworker.text.PostgresText;
import java.time.Duration;
import java.util.Objects;

/**
 * What this replica waits for before it claims.
 *
 * @param source its name; {@code rpaDb:<flow>} for rpa_db's taking what the flow writes
 * @param waiting since when, by the monotonic clock
 * @param reason why, for people
 */
public record Awaited(String source, Duration waiting, String reason) {

    private static final int MOST_TOLD = 1_000;

    // It is told in rpa_db, which does not hold every text.
    public Awaited {
        Objects.requireNonNull(source);
        Objects.requireNonNull(waiting);
        reason = PostgresText.storable(reason, MOST_TOLD);
    }
}
