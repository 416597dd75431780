/** Keeps the management port answering, whatever clients do to it. */
@ApplicationModule(allowedDependencies = {"ops"})
@NullMarked
package io.rpaworker.ops.ports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
