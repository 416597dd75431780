package io.rpaworker.breaker;

import java.time.Duration;

/**
 * What this replica waits for before it claims.
 *
 * @param source its name; {@code rpaDb:<flow>} for rpa_db's taking what the flow writes
 * @param waiting since when, by the monotonic clock
 * @param reason why, for people
 */
public record Awaited(String source, Duration waiting, String reason) {}
