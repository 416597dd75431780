/**
 * rpa_db: its pools, its errors, and how single statements are tried again; and the URLs of both databases.
 *
 * <p>rpa_db is reached through three pools, so that none can starve another: the ordinary one (handlers and
 * settlements; {@code spring.datasource}), {@value io.rpaworker.database.RpaDbPools#CONTROL} (claims and chores) and
 * {@value io.rpaworker.database.RpaDbPools#HEARTBEAT} (one connection, for the lease). Errors are told apart by
 * SQLSTATE and vendor number, never by Spring's exception class: Spring makes a lost connection a non-transient error.
 */
@ApplicationModule(allowedDependencies = "text")
@NullMarked
package io.rpaworker.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
