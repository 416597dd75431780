/**
 * {@code processing_queue}: add, claim, settle, count and recover records; the only SQL on it.
 *
 * <p>A claim is named by a UUID that the replica makes before it asks, and every statement that settles a record asks
 * for that UUID and for {@code status = 'processing'}: whoever lost a claim, however long he slept, changes nothing.
 * PostgreSQL's clock decides what is due and what has expired.
 *
 * <p>What waits is what has {@code claimed_at is null}. No index and no index predicate mentions a column that a
 * completion changes, so completing a record touches no index.
 *
 * <p>Another role may create operators and functions in the schema. PostgreSQL prefers them to its own where they fit
 * the types exactly and its own do not, and would run them with the worker's rights. So what is {@code varchar} is
 * compared as {@code text}, and functions that take any type are called as {@code pg_catalog}'s.
 */
@ApplicationModule(allowedDependencies = {"handler", "flow", "failure", "lease", "control", "database", "text"})
@NullMarked
package io.rpaworker.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
