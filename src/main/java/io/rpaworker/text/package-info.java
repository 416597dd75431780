/**
 * How things are told to people: durations, causes, near misses, and texts of others that stay on one line and without
 * what they quote.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.rpaworker.text;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
