/** What operators do: flows, dead letters, records, maintenance. One core for endpoints and the command line. */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "ops.fleet",
            "ops.story",
            "maintenance",
            "run",
            "queue",
            "queue :: deadletter",
            "queue :: order",
            "queue :: recovery",
            "queue :: run",
            "queue :: story",
            "condition",
            "lease",
            "control",
            "flow",
            "handler",
            "failure",
            "database",
            "text"
        })
@NullMarked
package io.rpaworker.ops.action;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
