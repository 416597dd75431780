package io.rpaworker.ops.health;

import io.rpaworker.loop.Loops;
import io.rpaworker.maintenance.ChoreProblems;
import io.rpaworker.ops.HandlerProblems;
import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.ops.QueueSnapshots;
import io.rpaworker.worker.ConfigurationProblems;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** What somebody has to mend that is no single flow's: of chores, of who handles what, of settings, of loops. */
@Component
class CommonProblems {

    private final ChoreProblems chores;
    private final QueueSnapshots snapshots;
    private final ConfigurationProblems configuration;
    private final Loops loops;
    private final MonitoringProperties properties;

    CommonProblems(
            ChoreProblems chores,
            QueueSnapshots snapshots,
            ConfigurationProblems configuration,
            Loops loops,
            MonitoringProperties properties) {
        this.chores = chores;
        this.snapshots = snapshots;
        this.configuration = configuration;
        this.loops = loops;
        this.properties = properties;
    }

    /** As people read it; empty if nothing is wrong. */
    List<String> current() {
        var problems = new ArrayList<>(chores.current());
        snapshots.last().ifPresent(it -> problems.addAll(HandlerProblems.of(it)));
        problems.addAll(configuration.current());
        problems.addAll(loops.otherProblems(properties.stalledAfter()));
        return problems;
    }
}
