/**
 * Poll, run, keep the lease alive, settle, drain.
 *
 * <p>Each enabled flow has a {@link io.rpaworker.worker.FlowRunner} of its own: a poller that claims what its slots
 * will soon be done with, threads that its handler is called on, settlers that gather outcomes into chunks. All share
 * the lease of the process, whose heartbeat has a thread and a connection of its own. Nothing here knows SQL.
 *
 * <p>This process believes in its lease only as long as its monotonic clock says it may; that saves work. Safety comes
 * from the claim's id in every statement of {@link io.rpaworker.queue}.
 */
@ApplicationModule(
        allowedDependencies = {
            "worker.claiming",
            "worker.handling",
            "worker.settling",
            "worker.inflight",
            "worker.wakeup",
            "queue",
            "queue :: order",
            "control",
            "lease",
            "breaker",
            "condition",
            "flow",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
