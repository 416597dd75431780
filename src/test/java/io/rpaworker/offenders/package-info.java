/** Classes that break a rule of {@link io.rpaworker.ArchitectureTests}, to show that it can fail. */
@NullMarked
package io.rpaworker.offenders;

import org.jspecify.annotations.NullMarked;
