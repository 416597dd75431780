package io.rpaworker.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failed attempt as it is recorded.
 *
 * @param reason for people; {@link FailureTexts#storable} has made it so
 * @param kind what sort of failure
 * @param fingerprint the same for failures of the same cause; null if that is not told
 * @param retryAfter when another attempt falls due, from now; null for never: a dead letter
 * @param took how long the attempt took; of a batch, the record's share
 */
public record Failure(
        String reason,
        FailureKind kind,
        @Nullable String fingerprint,
        @Nullable Duration retryAfter,
        Duration took) {}
