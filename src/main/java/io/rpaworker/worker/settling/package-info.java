/** Settles records in the table, chunk by chunk. */
@ApplicationModule(
        allowedDependencies = {
            "worker.inflight",
            "queue",
            "breaker",
            "failure",
            "flow",
            "handler",
            "database",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.worker.settling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
