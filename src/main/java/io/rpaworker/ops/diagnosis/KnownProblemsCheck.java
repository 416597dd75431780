package io.rpaworker.ops.diagnosis;

import io.rpaworker.loop.Loops;
import io.rpaworker.maintenance.ChoreProblems;
import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.worker.ConfigurationProblems;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** What the health of worker knows already and that no other check finds. */
@Component
class KnownProblemsCheck implements ReplicaCheck {

    static final Kind CHORE = Kind.warning("chore-problem");
    static final Kind CONFIGURATION = Kind.warning("configuration-problem");
    static final Kind LOOP = Kind.warning("overdue-loop");
    static final Kind VITAL_LOOP = Kind.critical("dead-loop");

    private final ChoreProblems chores;
    private final ConfigurationProblems configuration;
    private final Loops loops;
    private final MonitoringProperties properties;

    KnownProblemsCheck(
            ChoreProblems chores, ConfigurationProblems configuration, Loops loops, MonitoringProperties properties) {
        this.chores = chores;
        this.configuration = configuration;
        this.loops = loops;
        this.properties = properties;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return Stream.of(
                        found(CHORE, chores.current(), "See to what it says; the chore goes on trying by itself."),
                        found(CONFIGURATION, configuration.current(), "Change the setting, and restart."),
                        found(
                                LOOP,
                                loops.otherProblems(properties.stalledAfter()),
                                "Look at this replica's log, and restart it if the loop stays away."),
                        found(
                                VITAL_LOOP,
                                loops.vitalProblems(properties.stalledAfter()),
                                "Liveness fails by this, and Kubernetes restarts the replica; keep its log."))
                .flatMap(it -> it)
                .toList();
    }

    private static Stream<Finding> found(Kind kind, List<String> problems, String whatToDo) {
        return problems.stream().map(it -> kind.found(it, whatToDo));
    }
}
