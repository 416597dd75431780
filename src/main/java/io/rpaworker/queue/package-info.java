/**
 * {@code processing_queue}: add, claim, settle, count and recover records; the only SQL on it.
 *
 * <p>A claim is named by a UUID that the replica makes before it asks, and every statement that settles a record asks
 * for that UUID and for {@code status = 'processing'}: whoever lost a claim, however long he slept, changes nothing.
 * PostgreSQL's clock decides what is due and what has expired.
 *
 * <p>What waits is what has {@code claimed_at is null}. No index and no index predicate mentions a column that a
 * completion changes, so completing a record touches no index.
 */
@ApplicationModule(allowedDependencies = {"handler", "database"})
@NullMarked
package io.rpaworker.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
