/**
 * Orphans, due retries, retention.
 *
 * <p>What dead replicas left behind is recovered by every replica that has itself been healthy for a whole lease; the
 * rest is done by one of them, the leader. Each chore is a guarded statement over a bounded batch, right when done
 * twice, and repeated until nothing is left.
 */
@ApplicationModule(allowedDependencies = {"queue", "leader", "database"})
@NullMarked
package io.rpaworker.maintenance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
