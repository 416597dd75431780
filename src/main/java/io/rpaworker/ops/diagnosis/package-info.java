/**
 * Looks for what is wrong with rpa_db, the queue and this replica, and says what to do about it.
 *
 * <p>A {@link io.rpaworker.ops.diagnosis.Check} finds one thing or a few that belong together; a new finding is a new
 * one and nothing else. Evidence is numbers and names, never a payload, a key or an error's text: whoever reaches the
 * port may read it. No check reads the queue's table as a whole.
 */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "worker",
            "maintenance",
            "leader",
            "lease",
            "condition",
            "flow",
            "migration",
            "surveyhub",
            "database",
            "history",
            "queue :: counts",
            "queue :: shape",
            "loop",
            "text"
        })
@NullMarked
package io.rpaworker.ops.diagnosis;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
