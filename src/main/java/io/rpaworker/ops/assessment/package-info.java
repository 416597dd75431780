/**
 * Judges the queue and what has become of attempts, by thresholds: what the old system's queue and performance
 * monitoring answered, under its names. The figures of records are the table's at this moment; those of attempts come
 * from the statistics, so that they outlive the records and that what is still under way is no failure.
 */
@ApplicationModule(allowedDependencies = {"ops", "history", "lease", "queue :: counts", "failure"})
@NullMarked
package io.rpaworker.ops.assessment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
