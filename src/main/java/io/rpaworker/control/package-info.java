/** What operators have ordered and is in force, and who ordered what. */
@ApplicationModule(allowedDependencies = "database")
@NullMarked
package io.rpaworker.control;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
