/** What every part of the running process shares: the loops that are to go on, and how long things take, in words. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.rpaworker.runtime;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
