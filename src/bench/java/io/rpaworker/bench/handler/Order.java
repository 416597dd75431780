package io.rpaworker.bench.handler;

/** A payload of some 110 bytes. */
public record Order(long id, String flow, String customer, double amount, String note) {}
