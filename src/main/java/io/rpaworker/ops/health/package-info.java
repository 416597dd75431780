/** Health, liveness and readiness: whether this replica works, and what keeps it from doing so. */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "worker",
            "condition",
            "control",
            "maintenance",
            "lease",
            "breaker",
            "flow",
            "database",
            "surveyhub",
            "queue :: counts",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.ops.health;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
