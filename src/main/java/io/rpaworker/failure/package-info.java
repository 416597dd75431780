/** What a failure is, what it costs, and what is kept of it. */
@ApplicationModule(allowedDependencies = {"handler", "database", "loop", "text"})
@NullMarked
package io.rpaworker.failure;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
