package io.rpaworker.ops.diagnosis;

import io.rpaworker.migration.SchemaHistory;
import io.rpaworker.queue.counts.OrphanedRecords.Orphaned;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was read of rpa_db for the answer and for checks alike.
 *
 * @param session the settings of the worker's sessions
 * @param schema how far rpa_db has been migrated
 * @param orphans records whose owner is gone
 * @param orphansProblem why nobody knows of orphans; null if somebody does
 */
record Facts(
        Optional<Session> session,
        Optional<SchemaHistory.State> schema,
        List<Orphaned> orphans,
        @Nullable String orphansProblem) {

    static Facts unknown(String problem) {
        return new Facts(Optional.empty(), Optional.empty(), List.of(), problem);
    }
}
