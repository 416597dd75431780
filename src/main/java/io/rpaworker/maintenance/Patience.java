package io.rpaworker.maintenance;

import io.rpaworker.database.DatabaseError;
import java.util.Optional;

/**
 * Waits for what may pass. Most that fails like in an outage is one, and no record is to blame; but a row that somebody
 * has locked for hours, where a deletion has to delete it as well, looks the same. Used by one thread.
 */
final class Patience {

    private static final int MOST = 3;
    private static final int MOST_IN_ALL = 40;

    private int failures;

    /**
     * Something has failed.
     *
     * @throws RuntimeException {@code failure}, if it may pass and has not often been in the way
     */
    void endure(RuntimeException failure) {
        if (mayPass(failure) && ++failures < MOST) {
            throw failure;
        }
    }

    /** Something has worked. */
    void renew() {
        failures = 0;
    }

    /** Whether so much has failed that a few records cannot be to blame. */
    boolean isOver() {
        return failures > MOST_IN_ALL;
    }

    /** Whether a failure came after a wait, so that the other chores should have their turn. */
    static boolean mayTakeLong(RuntimeException failure) {
        return mayPass(failure) || DatabaseError.of(failure).equals(Optional.of(DatabaseError.TIMEOUT));
    }

    private static boolean mayPass(RuntimeException failure) {
        return DatabaseError.of(failure)
                .map(it -> switch (it) {
                    case TRANSIENT, UNKNOWN_OUTCOME -> true;
                    case INTERNAL, TIMEOUT, DATA, CONFIGURATION, OTHER -> false;
                })
                // The worker's own fault is no record's.
                .orElse(true);
    }
}
