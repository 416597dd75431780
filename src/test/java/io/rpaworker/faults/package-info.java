/**
 * Tries the promises on real processes: kills, pauses and hangs workers, crashes PostgreSQL, cuts the network, loses
 * commits, and plays a SQL Server that fails. Each test prints its figures in one line that begins with {@code FAULT};
 * docs/reliability.md has them.
 */
@NullMarked
package io.rpaworker.faults;

import org.jspecify.annotations.NullMarked;
