/** Single records and dead letters: what became of them, and why. */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "queue",
            "queue :: story",
            "queue :: deadletter",
            "control",
            "lease",
            "breaker",
            "condition",
            "flow",
            "failure",
            "database",
            "text"
        })
@NullMarked
package io.rpaworker.ops.story;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
