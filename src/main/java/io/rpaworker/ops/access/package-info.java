/**
 * Who may look at what: a table of rules, and the logins that they ask for.
 *
 * <p>What is not in the table is not there, whatever settings expose. Probes pass before anything is asked of anybody;
 * what is asked costs a bounded number of threads and a bounded memory.
 */
@ApplicationModule(allowedDependencies = {"ops", "settings"})
@NullMarked
package io.rpaworker.ops.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
