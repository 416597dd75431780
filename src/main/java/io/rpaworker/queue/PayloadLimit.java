package io.rpaworker.queue;

/**
 * How large a payload may be: a larger one is not added, and one that stands in the table is a dead letter without its
 * text being fetched.
 *
 * @param bytes of its text
 */
public record PayloadLimit(long bytes) {}
