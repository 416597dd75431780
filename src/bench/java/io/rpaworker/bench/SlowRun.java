package io.rpaworker.bench;

import java.util.List;

/**
 * How a {@link SlowCase} went.
 *
 * @param begun seconds from the commit that added the records to the start of the last one
 * @param done seconds until the database shows those that are waited for as done
 * @param shares how many records each replica has begun
 * @param exact whether each record was handled once
 */
record SlowRun(double begun, double done, List<Long> shares, boolean exact) {}
