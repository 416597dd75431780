/**
 * Does what runs need: reads the pages that authors' sources find, calls what they have done once at the end. Each is a
 * flow beside the author's.
 */
@ApplicationModule(
        allowedDependencies = {
            "queue :: run",
            "queue :: intake",
            "flow",
            "handler",
            "handlerjar",
            "payload",
            "settings",
            "database",
            "text"
        })
@NullMarked
package io.rpaworker.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
