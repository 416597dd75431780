/** Calls handlers, in bounded slots, and says what is to become of each record. */
@ApplicationModule(
        allowedDependencies = {
            "worker.inflight",
            "worker.settling",
            "lease",
            "breaker",
            "failure",
            "flow",
            "handler",
            "payload",
            "queue",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.worker.handling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
