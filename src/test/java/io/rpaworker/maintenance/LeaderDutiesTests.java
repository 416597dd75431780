package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The leader's chores, and those of every replica, of a process that knows flow f and runs none. */
class LeaderDutiesTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    // More than the most that one round looks at, less than that of two.
    private static final int LONG_PREFIX = 60_000;

    private final QueueParts queue = QueueParts.over(DB);
    private final Leadership leadership = Leaderships.over(DB.workerDataSource());
    private final LeaderDuties duties = new LeaderDuties(
            leadership,
            queue.counts(),
            queue.retention(),
            queue.canaries(),
            new RetentionPurge(
                    leadership,
                    queue.retention(),
                    queue.oldRecords(),
                    new ChoreProblems(),
                    new MaintenanceProperties(
                            true, DAY, DAY, DAY, 3, LEASE, new MaintenanceProperties.Retention(DAY, DAY, DAY, null)),
                    new SimpleMeterRegistry()),
            new StrayRecovery(leadership, queue.strays(), new ChoreProblems(), new SimpleMeterRegistry()));

    private static final Set<String> KNOWN = Set.of("f");

    @BeforeEach
    void leads() {
        DB.jdbc()
                .sql("truncate processing_queue, leader_term, canary_retry, operator_action restart identity")
                .update();
        leadership.campaign("a", LEASE);
    }

    @Test
    void getsPastRecordsThatCannotBeDeletedHoweverManyThereAre() {
        insert(LONG_PREFIX, "pending");
        insert(1, "completed");

        assertThat(duties.purgeOnce(KNOWN)).isTrue();
        assertThat(DB.count("f", "completed")).isEqualTo(1);

        assertThat(duties.purgeOnce(KNOWN)).isFalse();
        assertThat(DB.count("f", "completed")).isZero();
    }

    @Test
    void aWalkGoesOnWhereItWasAfterTheLeadershipHasLapsed() {
        insert(LONG_PREFIX, "pending");
        insert(1, "completed");
        duties.purgeOnce(KNOWN);

        leadership.resign();
        assertThat(duties.purgeOnce(KNOWN)).isFalse();
        assertThat(DB.count("f", "completed")).isEqualTo(1);

        leadership.campaign("a", LEASE);
        duties.purgeOnce(KNOWN);
        assertThat(DB.count("f", "completed")).isZero();
    }

    @Test
    void aWalkThatHasComeToItsEndBeginsAgain() {
        insert(10, "pending");
        duties.purgeOnce(KNOWN);
        DB.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = created_at where id = 1")
                .update();

        duties.purgeOnce(KNOWN);

        assertThat(DB.count("f", "completed")).isZero();
    }

    @Test
    void deletesNothingOfFlowsThatThisVersionDoesNotKnow() {
        insert(3, "completed");

        duties.purgeOnce(Set.of("of-an-older-version"));

        assertThat(DB.count("f", "completed")).isEqualTo(3);
    }

    @Test
    void aLongRetryBehindACanaryLeavesTimeForTheOthers() {
        insert(1, "failed");
        new Operator(queue).retryAllWithCanary(1);
        DB.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = now()")
                .update();
        insert(25_000, "failed");

        assertThat(duties.sweepOnce()).isTrue();
        assertThat(DB.count("f", "pending")).isEqualTo(20_000);

        assertThat(duties.sweepOnce()).isFalse();
        assertThat(DB.count("f", "pending")).isEqualTo(25_000);
    }

    @Test
    void whoDoesNotLeadFoldsWatchesAndDeletesNothing() {
        insert(1, "completed");
        insert(1, "completed");
        leadership.resign();

        duties.foldOnce();
        assertThat(duties.sweepOnce()).isFalse();
        duties.purgeOnce(KNOWN);

        assertThat(DB.count("f", "completed")).isEqualTo(2);
        assertThat(DB.jdbc()
                        .sql("select count(*) from queue_total")
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    // Born, and finished if at all, two days ago.
    private static void insert(int count, String status) {
        DB.jdbc().sql("""
                        with born (at) as (select now() - interval '2 days')
                        insert into processing_queue (flow_name, payload, status, created_at, available_at, claimed_at,
                            completed_at, failed_at)
                        select 'f', '{}', :status, born.at, born.at, born.at,
                               case when :status = 'completed' then born.at end,
                               case when :status = 'failed' then born.at end
                        from born, generate_series(1, :count)
                        """).param("status", status).param("count", count).update();
    }
}
