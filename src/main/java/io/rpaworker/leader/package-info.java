/**
 * Which replica may do the chores.
 *
 * <p>A leader holds a term, numbered by PostgreSQL. Two replicas may believe for a moment that they lead; only the
 * current term can commit, because every leader's transaction locks the term's row before it writes. No chore relies on
 * that for more than thrift: each is right when done twice.
 */
@ApplicationModule(allowedDependencies = "database")
@NullMarked
package io.rpaworker.leader;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
