package io.rpaworker.ops.diagnosis;

import io.rpaworker.maintenance.LastTotals;
import java.util.List;
import org.springframework.stereotype.Component;

/** Totals that differed from the table when this replica last compared them. */
@Component
class TotalsDifferCheck implements ReplicaCheck {

    static final Kind DIFFERED = Kind.warning("totals-differed");

    private final LastTotals totals;

    TotalsDifferCheck(LastTotals totals) {
        this.totals = totals;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return totals.last().filter(it -> it.flows() > 0).stream()
                .map(it -> DIFFERED.found(
                                "The totals of %d flows differed from the table, and were mended".formatted(it.flows()),
                                "Find out who goes round the triggers: a copy or a restore without them, session_replication_role,"
                                        + " a subscription. Compare again: select * from queue_recount();")
                        .with("flows", it.flows())
                        .with("records", it.records())
                        .since(scene.ago(it.age())))
                .toList();
    }
}
