/** Runs: how far they are, and why they have not ended. */
@ApplicationModule(
        allowedDependencies = {"ops", "queue :: run", "control", "lease", "breaker", "condition", "database", "text"})
@NullMarked
package io.rpaworker.ops.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
