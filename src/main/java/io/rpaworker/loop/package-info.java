/** Threads of the worker's own that come round for as long as the process lives, and say when they should have. */
@ApplicationModule(allowedDependencies = "text")
@NullMarked
package io.rpaworker.loop;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
