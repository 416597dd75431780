/** Replicas and flows: which there are, and what they do. */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "worker",
            "queue :: counts",
            "queue :: story",
            "control",
            "leader",
            "lease",
            "breaker",
            "condition",
            "flow",
            "settings",
            "text"
        })
@NullMarked
package io.rpaworker.ops.fleet;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
