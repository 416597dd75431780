package io.rpaworker.queue.retention;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.retention.Retention.Terms;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration WEEK = Duration.ofDays(7);
    private static final List<String> KNOWN = List.of("f", "known-too");
    private static final Terms TERMS = terms(Duration.ofDays(30), null, null);

    private final Retention retention = QueueParts.over(DB).retention();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @Test
    void deletesWhatIsTerminalAndOldEnough() {
        insert(1, "completed", "8 days");
        insert(1, "completed", "6 days");
        insert(1, "failed", "31 days");
        insert(1, "failed", "29 days");

        assertThat(purged()).isEqualTo(2);

        assertThat(ids()).containsExactly(2L, 4L);
    }

    @Test
    void countsFromTheCompletionNotFromTheRecordsBirth() {
        insert(1, "completed", "100 days");
        DB.jdbc()
                .sql("update processing_queue set completed_at = now() - interval '1 hour'")
                .update();

        assertThat(purged()).isZero();
    }

    @Test
    void deletesWhatSomebodyCompletedByHandWithoutSayingWhen() {
        insert(1, "completed", "8 days");
        DB.jdbc()
                .sql("update processing_queue set completed_at = null, updated_at = now() - interval '8 days'")
                .update();
        insert(1, "completed", "8 days");
        DB.jdbc()
                .sql("update processing_queue set completed_at = null, updated_at = now() where id = 2")
                .update();

        assertThat(purged()).isEqualTo(1);
        assertThat(ids()).containsExactly(2L);
    }

    @Test
    void neverDeletesWhatIsStillOpenHoweverOld() {
        insert(1, "pending", "10 years");
        insert(1, "processing", "10 years");
        insert(1, "failed", "10 years");
        DB.jdbc()
                .sql("update processing_queue set next_retry_at = now() + interval '1 hour' where id = 3")
                .update();

        assertThat(purged()).isZero();

        assertThat(ids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void leavesFlowsAloneThatThisVersionDoesNotKnowAndWalksPastThem() {
        insert(2_000, "completed", "8 days");
        DB.jdbc()
                .sql("update processing_queue set flow_name = 'of-a-newer-version'")
                .update();
        insert(1, "failed", "31 days");
        insert(1, "completed", "8 days");
        DB.jdbc()
                .sql("update processing_queue set flow_name = 'of-a-newer-version' where id = 2001")
                .update();

        assertThat(purged()).isEqualTo(1);

        assertThat(ids()).hasSize(2_001).doesNotContain(2_002L);
    }

    @Test
    void neverDeletesWhatSomebodyElseHasLockedNorWaitsForIt() {
        insert(1, "failed", "31 days");
        insert(1, "completed", "8 days");

        QueueParts.over(DB).transaction().executeWithoutResult(status -> {
            DB.workerJdbc()
                    .sql("update processing_queue set next_retry_at = now() + interval '1 hour' where id = 1")
                    .update();

            assertThat(supplyAsync(() -> retention.purge(Long.MIN_VALUE, TERMS, List.of())))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(new Retention.Step(1, 1, 2, true));
        });

        assertThat(purged()).isZero();
        assertThat(ids()).containsExactly(1L);
    }

    @Test
    void theShorterOfBothRetentionsDecidesHowFarItLooks() {
        insert(1, "failed", "2 days");

        assertThat(retention
                        .purge(0, terms(Duration.ofDays(1), null, null), List.of())
                        .purged())
                .isEqualTo(1);
    }

    @Test
    void walksOnBehindWindowsOfOpenRecords() {
        insert(4_500, "pending", "10 days");
        insert(4_500, "completed", "9 days");
        insert(4_500, "completed", "1 day");

        assertThat(purged()).isEqualTo(4_500);

        assertThat(DB.count("f", "completed")).isEqualTo(4_500);
        assertThat(DB.count("f", "pending")).isEqualTo(4_500);
    }

    @Test
    void endsAtTheFirstWindowInWhichNothingIsOldEnough() {
        insert(2_000, "completed", "9 days");
        insert(20_000, "completed", "1 day");

        assertThat(walk()).containsExactly(2_000, 0);
    }

    @Test
    void endsOnAnEmptyTable() {
        assertThat(retention.purge(Long.MIN_VALUE, TERMS, List.of())).isEqualTo(new Retention.Step(0, 0, 0, false));
        assertThat(retention.purge(1_000, TERMS, List.of()).more()).isFalse();
    }

    @Test
    void totalsStayTrue() {
        insert(10, "completed", "8 days");
        insert(5, "completed", "1 day");

        walk();

        assertThat(QueueParts.over(DB).counts().byFlow()).containsEntry("f", new StatusCounts(0, 0, 5, 0));
    }

    @Test
    void deletesReplicasThatAreGoneForADayAndLeftNothing() {
        for (String replica : List.of("ended-long-ago", "ended", "left-something", "alive")) {
            DB.insertReplica(replica);
        }
        DB.jdbc()
                .sql("update worker_instance set ended_at = now() - interval '25 hours' where id <> 'alive'")
                .update();
        DB.jdbc()
                .sql("update worker_instance set ended_at = now() - interval '23 hours' where id = 'ended'")
                .update();
        DB.jdbc()
                .sql("insert into processing_claim (claim_id, instance_id, flow_name, record_ids)"
                        + " values (gen_random_uuid(), 'left-something', 'f', '{1}')")
                .update();

        retention.purgeReplicas();

        assertThat(DB.jdbc()
                        .sql("select id from worker_instance order by id")
                        .query(String.class)
                        .list())
                .containsExactly("alive", "ended", "left-something");
    }

    @Test
    void whatWasAdoptedIsKeptForEver() {
        insert(3, "completed", "10 years");
        insert(3, "failed", "10 years");
        insert(3, "completed", "8 days");

        Terms terms = terms(Duration.ofDays(30), null, 6L);

        assertThat(retention.purge(Long.MIN_VALUE, terms, List.of())).isEqualTo(new Retention.Step(3, 0, 9, true));
        assertThat(ids()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(terms.first()).isEqualTo(7);
    }

    @Test
    void orForAsLongAsIsSaid() {
        insert(1, "completed", "91 days");
        insert(1, "completed", "89 days");
        insert(1, "failed", "91 days");
        insert(1, "failed", "89 days");
        insert(1, "completed", "8 days");

        Terms terms = terms(Duration.ofDays(30), Duration.ofDays(90), 4L);

        assertThat(retention.purge(terms.first(), terms, List.of()).purged()).isEqualTo(3);
        assertThat(ids()).containsExactly(2L, 4L);
    }

    @Test
    void nothingWasAdoptedByANewDatabase() {
        assertThat(retention.lastAdopted()).isNull();
        assertThat(TERMS.first()).isEqualTo(Long.MIN_VALUE);
    }

    private static Terms terms(Duration dead, @Nullable Duration adopted, @Nullable Long lastAdopted) {
        return new Terms(WEEK, dead, adopted, lastAdopted, KNOWN);
    }

    private int purged() {
        return walk().stream().mapToInt(Integer::intValue).sum();
    }

    // As the maintenance walks; how many records each step deleted.
    private List<Integer> walk() {
        var purged = new ArrayList<Integer>();
        Retention.Step step = retention.purge(Long.MIN_VALUE, TERMS, List.of());
        purged.add(step.purged());
        while (step.more()) {
            long before = step.reached();
            step = retention.purge(before + 1, TERMS, List.of());
            assertThat(step.reached() > before || !step.more()).isTrue();
            purged.add(step.purged());
        }
        return purged;
    }

    private static void insert(int count, String status, String age) {
        DB.insertOld("f", status, count, age);
    }

    private static List<Long> ids() {
        return DB.jdbc()
                .sql("select id from processing_queue order by id")
                .query(Long.class)
                .list();
    }
}
