/**
 * The local run: {@code mvn spring-boot:test-run} starts the worker with everything it needs in one process.
 *
 * <p>rpa_db is an embedded PostgreSQL. SurveyHub is a stand-in, because no SQL Server runs without Docker: an in-memory
 * H2 that reads SQL Server's dialect, filled from CSV files.
 */
@NullMarked
package io.rpaworker.local;

import org.jspecify.annotations.NullMarked;
