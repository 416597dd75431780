package io.rpaworker.bench.handler;

/** The payload of a record that only takes time. */
public record Nap(long id, long millis) {}
