/** What Prometheus scrapes besides the worker's own meters: gauges that read the last snapshot, never the database. */
@ApplicationModule(allowedDependencies = {"ops", "worker", "lease", "queue :: counts"})
@NullMarked
package io.rpaworker.ops.meters;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
