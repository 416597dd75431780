package io.rpaworker.bench.handler;

/**
 * Which orders a run has.
 *
 * @param after those with a larger id
 */
public record AskedOrders(long after) {}
