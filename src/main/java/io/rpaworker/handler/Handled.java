package io.rpaworker.handler;

import org.jspecify.annotations.Nullable;

/**
 * A record and what its handler found out.
 *
 * @param <P> the payload
 * @param <R> the result
 * @param record as it was handed to the handler
 * @param result what {@link Outcome.Completed} carried
 */
public record Handled<P, R extends @Nullable Object>(WorkRecord<P> record, R result) {}
