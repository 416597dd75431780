package io.rpaworker.ops.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.loop.Step;
import io.rpaworker.maintenance.ChoreProblems;
import io.rpaworker.ops.MonitoringProperties;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.TestWorker;
import io.rpaworker.worker.ConfigurationProblems;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Loops that hang; those that die, and chores, are in DiagnosticsEndpointTests. */
class KnownProblemsCheckTests {

    private final CountDownLatch letGo = new CountDownLatch(1);

    @Test
    void aLoopThatHangsIsFoundOnceItIsLateEnough() {
        try (var worker = TestWorker.on(Postgres.migrated())
                .property("rpa.worker.enabled", "false")
                .start()) {
            hangs(worker, Role.vital("needed", "Rounds"));
            hangs(worker, Role.of("trifling", "Rounds"));

            worker.until(() -> found(worker, Duration.ofMillis(100)).size() == 2);
            assertThat(found(worker, Duration.ofMillis(100))).containsExactly("overdue-loop", "dead-loop");
            assertThat(found(worker, Duration.ofMinutes(5))).isEmpty();

            letGo.countDown();
            worker.until(() -> found(worker, Duration.ofMillis(100)).isEmpty());
        }
    }

    private void hangs(TestWorker worker, Role role) {
        worker.bean(Loops.class)
                .of(role, () -> {
                    letGo.await();
                    return Step.UNTIL_HURRIED;
                })
                .start();
    }

    // Of these two only: a busy machine may hold up the worker's own for a moment.
    private static List<String> found(TestWorker worker, Duration stalledAfter) {
        var properties = new MonitoringProperties(Duration.ofSeconds(15), stalledAfter, Duration.ofMinutes(5), 200, 0);
        var check = new KnownProblemsCheck(
                worker.bean(ChoreProblems.class),
                worker.bean(ConfigurationProblems.class),
                worker.bean(Loops.class),
                properties);
        Scene scene = Looks.scene(Facts.unknown("nobody asked"));
        return check.look(scene).stream()
                .filter(it -> it.title().matches("The loop rpa-(needed|trifling) is overdue by .*"))
                .map(Finding::id)
                .toList();
    }
}
