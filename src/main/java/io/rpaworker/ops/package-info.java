/**
 * Endpoints for operators: health, liveness, counts, meters.
 *
 * <p>Nothing here may make the work slower or hang with it. Health asks each system in a thread of its own and for a
 * bounded time; gauges read a snapshot that is refreshed in the background, never the database; liveness asks no
 * database at all, because restarting a worker mends none.
 */
@ApplicationModule(
        allowedDependencies = {
            "worker",
            "maintenance",
            "queue :: counts",
            "queue :: run",
            "history",
            "lease",
            "breaker",
            "condition",
            "flow",
            "migration",
            "handler",
            "surveyhub",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.ops;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
