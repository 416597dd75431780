/**
 * Refuses settings that nobody reads, and says of a wrong one which it is, where it stands and what would do.
 *
 * <p>What can be set is what the records with {@code @ConfigurationProperties("rpa...")} say: each has its own room,
 * and none is named here.
 */
@ApplicationModule(allowedDependencies = "text")
@NullMarked
package io.rpaworker.settings;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
