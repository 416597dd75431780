/** How idle flows learn of due records. */
@ApplicationModule(allowedDependencies = {"queue", "lease", "loop"})
@NullMarked
package io.rpaworker.worker.wakeup;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
