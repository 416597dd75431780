/** How to ask for SurveyHub: read-only, over a pool of its own, every query bounded in time. */
@ApplicationModule(allowedDependencies = "database")
@NullMarked
package io.rpaworker.surveyhub;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
