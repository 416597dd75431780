/** Endpoints of the management port that answer operators' questions, one class each. */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "ops.action",
            "ops.assessment",
            "ops.diagnosis",
            "ops.fleet",
            "ops.run",
            "ops.story",
            "queue :: counts",
            "lease"
        })
@NullMarked
package io.rpaworker.ops.endpoint;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
