/**
 * What this process holds of a flow's records: claims that are not settled yet, and what is to be told of them later.
 */
@ApplicationModule(allowedDependencies = {"queue", "history", "lease", "breaker", "failure", "flow", "handler"})
@NullMarked
package io.rpaworker.worker.inflight;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
