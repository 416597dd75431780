package io.rpaworker.ops.cli;

import io.rpaworker.migration.SchemaHistory;
import io.rpaworker.migration.SchemaHistory.State;
import java.util.Optional;

/** Says why rpa_db has refused a question, where the reason is that its schema is another version's. */
final class SchemaGap {

    private SchemaGap() {}

    /** Which version there is, which is needed, and what to do; empty if it is the right one, or if nobody can tell. */
    static Optional<String> of(Core core) {
        try {
            SchemaHistory history = core.part(SchemaHistory.class);
            String needed = history.latest();
            if (!history.exists()) {
                return Optional.of(
                        "rpa_db has no schema yet, or none that this role may see; version %s is needed. Run rpa migrate, or start a worker of this version."
                                .formatted(needed));
            }
            return history.find().flatMap(it -> gap(it, needed));
        } catch (RuntimeException e) {
            // There is a failure to tell already.
            return Optional.empty();
        }
    }

    private static Optional<String> gap(State state, String needed) {
        if (!state.pending().isEmpty()) {
            return Optional.of(
                    "rpa_db has schema version %s, and this program needs %s. Run rpa migrate, or start a worker of this version."
                            .formatted(Page.orNone(state.current()), needed));
        }
        return state.isNewer()
                ? Optional.of(
                        "rpa_db has schema version %s, which is newer than this program: it knows versions up to %s. Use the program of the workers' version."
                                .formatted(Page.orNone(state.current()), needed))
                : Optional.empty();
    }
}
