/**
 * Orphans, due retries, retention.
 *
 * <p>What dead replicas left behind is recovered by every replica that has itself been healthy for a whole lease.
 * Retries that fall due and what Python workers left are looked after by every replica that runs the flow: the leader
 * may run others. The rest is done by one of them, the leader. Each chore is a guarded statement over a bounded batch,
 * right when done twice, in a transaction of its own, and repeated until nothing is left; a round is bounded too, since
 * all chores share a thread. One that fails takes no other's turn.
 */
@ApplicationModule(
        allowedDependencies = {
            "queue :: recovery",
            "queue :: deadletter",
            "queue :: retention",
            "queue :: counts",
            "leader",
            "lease",
            "flow",
            "database",
            "loop"
        })
@NullMarked
package io.rpaworker.maintenance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
