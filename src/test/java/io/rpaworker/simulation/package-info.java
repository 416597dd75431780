/**
 * Several workers in one process, one SQL statement at a time, on a real PostgreSQL: a seed says who goes next, what
 * crashes, whose answer is lost and how far the clock moves, and replays all of it.
 */
@NullMarked
package io.rpaworker.simulation;

import org.jspecify.annotations.NullMarked;
