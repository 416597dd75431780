/** What Prometheus scrapes besides the worker's own meters: gauges that read what is known, never the database. */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "worker",
            "maintenance",
            "control",
            "flow",
            "lease",
            "queue :: counts",
            "queue :: run"
        })
@NullMarked
package io.rpaworker.ops.meters;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
