/**
 * Brings rpa_db up to this version's schema at the start, having looked first at what is in the way.
 *
 * <p>An rpa_db of the old system is adopted. What stands in the way of that is refused, all of it at once, before
 * anything is touched: {@code docs/preflight.sql} asks PostgreSQL for it, and is what a person runs beforehand.
 */
@ApplicationModule(allowedDependencies = {"database", "handlerjar", "text"})
@NullMarked
package io.rpaworker.migration;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
