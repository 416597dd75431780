/** When and how many records are claimed. */
@ApplicationModule(
        allowedDependencies = {"worker.inflight", "worker.handling", "queue", "lease", "breaker", "flow", "loop"})
@NullMarked
package io.rpaworker.worker.claiming;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
