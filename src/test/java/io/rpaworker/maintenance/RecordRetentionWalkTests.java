package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.TestFlows;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How retention walks through a long table, in a process that knows flow f. */
class RecordRetentionWalkTests {

    private static final Duration LEASE = Duration.ofHours(1);
    // More than the most that one round looks at, less than that of two.
    private static final int LONG_PREFIX = 60_000;

    private final RpaDb db = Postgres.migrated();
    private final Leadership leadership = Leaderships.over(db.workerDataSource());
    private final RecordRetention records = of("f");

    @BeforeEach
    void leads() {
        leadership.campaign("a", LEASE);
    }

    @Test
    void getsPastRecordsThatCannotBeDeletedHoweverManyThereAre() {
        insert(LONG_PREFIX, "pending");
        insert(1, "completed");

        assertThat(records.runOnce()).isTrue();
        assertThat(db.count("f", "completed")).isEqualTo(1);

        assertThat(records.runOnce()).isFalse();
        assertThat(db.count("f", "completed")).isZero();
    }

    @Test
    void aWalkGoesOnWhereItWasAfterTheLeadershipHasLapsed() {
        insert(LONG_PREFIX, "pending");
        insert(1, "completed");
        records.runOnce();

        leadership.resign();
        assertThat(records.runOnce()).isFalse();
        assertThat(db.count("f", "completed")).isEqualTo(1);

        leadership.campaign("a", LEASE);
        records.runOnce();
        assertThat(db.count("f", "completed")).isZero();
    }

    @Test
    void aWalkThatHasComeToItsEndBeginsAgain() {
        insert(10, "pending");
        records.runOnce();
        db.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = created_at where id = 1")
                .update();

        records.runOnce();

        assertThat(db.count("f", "completed")).isZero();
    }

    @Test
    void deletesNothingOfFlowsThatThisVersionDoesNotKnow() {
        insert(3, "completed");

        of("of-an-older-version").runOnce();

        assertThat(db.count("f", "completed")).isEqualTo(3);
    }

    private RecordRetention of(String flow) {
        return Chores.of(QueueParts.over(db), leadership, TestFlows.registry(flow)).records;
    }

    private void insert(int count, String status) {
        db.insertOld("f", status, count, "2 days");
    }
}
