/** Turns the JSON of a record into what its handler asks for; what does not fit a type is refused, never bent. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.rpaworker.payload;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
