package io.rpaworker.maintenance;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.leader.Leadership;
import java.util.List;
import org.springframework.stereotype.Component;

/** Shows what retention cannot delete as long as this replica leads: its successor finds out by itself. */
@Component
class RetentionProblem {

    private static final String TOPIC = "retention";

    private final Leadership leadership;
    private final ChoreProblems problems;
    private volatile int shown;

    RetentionProblem(Leadership leadership, ChoreProblems problems, MeterRegistry meters) {
        this.leadership = leadership;
        this.problems = problems;
        Gauge.builder("rpa.retention.undeletable", this, it -> it.shown)
                .description("Old records that the leader cannot delete")
                .register(meters);
    }

    /** Shows these from now on, or nothing if there are none or another replica leads. */
    void show(UndeletableRecords undeletable, LockedRecords locked) {
        shown = leadership.isLeader() ? undeletable.count() + locked.count() : 0;
        if (shown == 0) {
            problems.solve(TOPIC);
            return;
        }
        List<String> full = undeletable.fullFlows();
        problems.report(
                TOPIC,
                "Retention cannot delete %d records, for example %s%s"
                        .formatted(
                                shown,
                                undeletable.example().or(locked::example).orElse("none"),
                                full.isEmpty() ? "" : "; of " + full + " it deletes nothing"));
    }
}
