package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.TestFlows;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CanaryWatchTests {

    private final RpaDb db = Postgres.migrated();
    private final QueueParts queue = QueueParts.over(db);
    private final Leadership leadership = Leaderships.over(db.workerDataSource());
    private final CanaryWatch canaries = Chores.of(queue, leadership, TestFlows.registry("f")).canaries;

    @Test
    void aLongRetryBehindACanaryLeavesTimeForTheOthers() {
        leadership.campaign("a", Duration.ofHours(1));
        db.insertOld("f", "failed", 1, "2 days");
        new Operator(queue).retryAllWithCanary(1);
        db.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = now()")
                .update();
        db.insertOld("f", "failed", 25_000, "2 days");

        assertThat(canaries.runOnce()).isTrue();
        assertThat(db.count("f", "pending")).isEqualTo(20_000);

        assertThat(canaries.runOnce()).isFalse();
        assertThat(db.count("f", "pending")).isEqualTo(25_000);
    }
}
