/**
 * Whether what a flow reads answers: a circuit breaker for each source, and what may be claimed while it tries.
 *
 * <p>Flows that read one source share its breaker. While it is open they claim nothing; then one record tries it.
 */
@ApplicationModule(allowedDependencies = {"handler", "loop", "text"})
@NullMarked
package io.rpaworker.breaker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
