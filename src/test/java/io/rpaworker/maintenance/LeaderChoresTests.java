package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.TestFlows;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The leader's chores on a replica that does not lead. */
class LeaderChoresTests {

    private final RpaDb db = Postgres.migrated();
    private final Leadership leadership = Leaderships.over(db.workerDataSource());
    private final Chores chores = Chores.of(QueueParts.over(db), leadership, TestFlows.registry("f"));

    @Test
    void whoDoesNotLeadFoldsWatchesAndDeletesNothing() {
        db.insertOld("f", "completed", 1, "2 days");
        db.insertOld("f", "completed", 1, "2 days");
        leadership.campaign("a", Duration.ofHours(1));
        leadership.resign();

        assertThat(chores.ofTheLeader())
                .allSatisfy(it -> assertThat(it.doneBy()).isEqualTo(Chore.Doer.LEADER))
                .allSatisfy(it -> assertThat(it.runOnce()).isFalse());

        assertThat(db.count("f", "completed")).isEqualTo(2);
        assertThat(totals()).isEqualTo(2);

        leadership.campaign("a", Duration.ofHours(1));
        chores.ofTheLeader().forEach(Chore::runOnce);
        assertThat(db.count("f", "completed")).isZero();
        chores.totals.runOnce();
        assertThat(totals()).isZero();
    }

    private int totals() {
        return db.jdbc()
                .sql("select count(*) from queue_total")
                .query(Integer.class)
                .single();
    }
}
