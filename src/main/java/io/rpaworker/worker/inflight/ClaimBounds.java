package io.rpaworker.worker.inflight;

import java.time.Duration;

/**
 * What bounds every claim of this replica.
 *
 * @param maxBytes most payload in one claim
 * @param fullScanInterval how often a claim reads the queue from its very start
 */
public record ClaimBounds(long maxBytes, Duration fullScanInterval) {}
