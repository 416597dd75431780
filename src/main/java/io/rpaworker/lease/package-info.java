/**
 * This process's identity, and how long it may act under it.
 *
 * <p>A process registers as a worker instance and renews its lease by a heartbeat. It trusts the lease for a margin
 * less than PostgreSQL does, counted from before it asked. A lease that has run out is never renewed: the process drops
 * what it held and takes a new identity. This saves work only; safety comes from the claim's id.
 */
@ApplicationModule(allowedDependencies = {"flow", "database", "loop", "text"})
@NullMarked
package io.rpaworker.lease;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
