package io.rpaworker.ops.diagnosis;

import java.util.List;

/** Looks for one thing that may be wrong, or for a few that belong together. What it throws is a finding of its own. */
interface Check {

    /** What is wrong with all flows; empty if nothing is. */
    List<Finding> look(Scene scene);

    /** Whether it asks rpa_db: such checks are left out while that does not answer. */
    default boolean asksRpaDb() {
        return true;
    }
}
