/**
 * What has become of attempts: statistics per flow and minute, hour and day, and of failures per cause and hour, which
 * outlive the records.
 *
 * <p>Each process adds up in memory what it settles ({@link io.rpaworker.history.Tallies}), and adds that to the tables
 * every ten seconds and when it stops ({@link io.rpaworker.history.StatisticsFlush}): one statement, whatever has been
 * settled. What is added counts for the moment of PostgreSQL's clock at which it is added. A process that is killed
 * loses what it has settled since its last addition, ten seconds' worth at most while rpa_db answers; one that goes on
 * through an outage of rpa_db loses nothing, and an addition whose answer was lost is made again and counts once.
 *
 * <p>A window is read from the coarsest spans that fill it ({@link io.rpaworker.history.Window}), so that how long it
 * is does not matter. Nothing here reads the queue.
 */
@ApplicationModule(allowedDependencies = {"failure", "migration", "database", "loop", "text"})
@NullMarked
package io.rpaworker.history;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
