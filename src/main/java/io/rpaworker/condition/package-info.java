/**
 * What hinders the flows of a replica, as it tells all others.
 *
 * <p>Each replica writes what its flows wait for, which calls hang and which pauses it obeys into its row of
 * {@code worker_instance}, so that any replica, and a command while none answers, can say so of all.
 */
@ApplicationModule(allowedDependencies = {"breaker", "database", "text"})
@NullMarked
package io.rpaworker.condition;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
