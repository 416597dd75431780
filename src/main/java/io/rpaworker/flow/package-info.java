/**
 * The flows of this process: for each its handler, its settings and the type of its payload.
 *
 * <p>Handlers and configuration are put together once, before anything starts. What does not fit stops the start and
 * names the flow.
 */
@ApplicationModule(allowedDependencies = {"handler", "handlerjar", "payload", "settings", "text"})
@NullMarked
package io.rpaworker.flow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
