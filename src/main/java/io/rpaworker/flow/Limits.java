package io.rpaworker.flow;

import org.jspecify.annotations.Nullable;

/**
 * What a flow may do over the whole cluster.
 *
 * @param rateLimit most records claimed in a second; null for any number
 * @param maxInFlight most records claimed and not settled; null for any number
 */
public record Limits(@Nullable Double rateLimit, @Nullable Integer maxInFlight) {

    /** No limit at all. */
    public static final Limits NONE = new Limits(null, null);
}
