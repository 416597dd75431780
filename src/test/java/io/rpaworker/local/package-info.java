/**
 * The local run: {@code mvn spring-boot:test-run} starts the worker with everything it needs, in one process and
 * without Docker, and puts it to work.
 *
 * <p>rpa_db is an embedded PostgreSQL. SurveyHub is a stand-in, because no SQL Server runs without Docker: an in-memory
 * H2 that reads SQL Server's dialect, filled from two CSV files. The files that ship with it are invented. Either
 * database is left out when the environment names a real one.
 */
@NullMarked
package io.rpaworker.local;

import org.jspecify.annotations.NullMarked;
