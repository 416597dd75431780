/**
 * Chores: what is done now and then for all records. Each is a {@link io.rpaworker.maintenance.Chore} of its own, so
 * that a new one is a new class and nothing else: {@link io.rpaworker.maintenance.Maintenance} does all that there are,
 * in the order that their classes say.
 *
 * <p>What dead replicas left behind is recovered by every replica that has itself been healthy for a whole lease
 * ({@link io.rpaworker.maintenance.OrphanRecovery}). Retries that fall due
 * ({@link io.rpaworker.maintenance.DueRetryPromotion}) and what Python workers left
 * ({@link io.rpaworker.maintenance.PythonOrphanRecovery}) are looked after by every replica that runs the flow: the
 * leader may run others. The rest is done by one of them, the leader, for which all of them stand
 * ({@link io.rpaworker.maintenance.LeadershipRenewal}).
 *
 * <p>A chore is guarded statements over a bounded batch, right when done twice, in a transaction of its own, and
 * repeated until nothing is left; a round is bounded too, since all chores share a thread. One that fails takes no
 * other's turn. What is to be found out for minutes has a thread of its own
 * ({@link io.rpaworker.maintenance.TotalsCheck}).
 */
@ApplicationModule(
        allowedDependencies = {
            "queue :: recovery",
            "queue :: deadletter",
            "queue :: retention",
            "queue :: counts",
            "queue :: run",
            "run",
            "history",
            "leader",
            "lease",
            "flow",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.maintenance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
