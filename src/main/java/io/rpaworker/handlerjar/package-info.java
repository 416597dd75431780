/**
 * Picks up handlers that live in another repository, and keeps what their jars bring apart from the worker.
 *
 * <p>Every jar with a handler is read by a class loader and an application context of its own. It sees the few beans of
 * the worker that authors are promised and may define any others; the worker takes handlers, their failure rules and
 * their migrations from it, and nothing else. Jars without a handler are libraries of all the others.
 */
@ApplicationModule(allowedDependencies = {"handler", "text"})
@NullMarked
package io.rpaworker.handlerjar;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
