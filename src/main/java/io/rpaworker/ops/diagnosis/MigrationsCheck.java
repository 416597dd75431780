package io.rpaworker.ops.diagnosis;

import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Migrations that rpa_db has not had, or that failed. */
@Component
class MigrationsCheck implements Check {

    static final Kind PENDING = Kind.critical("pending-migrations");
    static final Kind FAILED = Kind.critical("failed-migration");

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        var findings = new ArrayList<Finding>();
        scene.facts().schema().ifPresent(state -> {
            if (!state.pending().isEmpty()) {
                findings.add(PENDING.found(
                                "rpa_db lacks %d migrations of this version"
                                        .formatted(state.pending().size()),
                                "Restart a replica with spring.flyway.enabled true and a role that may migrate, or run the"
                                        + " scripts by the means that you migrate with.")
                        .with("pending", state.pending()));
            }
            if (!state.failed().isEmpty()) {
                findings.add(FAILED.found(
                                "Migrations of rpa_db failed half way",
                                "Put right what the log of that start says, and delete the rows from"
                                        + " rpa_worker_schema_history where not success.")
                        .with("versions", state.failed()));
            }
        });
        return findings;
    }
}
