package io.rpaworker.queue.recovery;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.rpaworker.control.Actor;
import io.rpaworker.queue.Fleet;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What Python workers left: they have no lease, the age of their claim decides. */
class PythonOrphansTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();

    @Test
    void takesARecordFromAPythonWorkerByAgeAndCountsTheAttempt() {
        DB.insertPending("f", 2);
        claimedByPython("1 hour 1 minute", 1);
        claimedByPython("59 minutes", 2);

        assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3).records())
                .isEqualTo(1);

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(DB.nullableColumn(1, "flow_instance_id", String.class)).isNull();
        assertThat(DB.status(2)).isEqualTo("processing");
    }

    // In the old system it came back for ever.
    @Test
    void aRecordThatIsLeftAloneAgainAndAgainIsPoison() {
        DB.insertPending("f", 1);
        for (int times = 1; times < 3; times++) {
            claimedByPython("1 hour 1 minute", 1);
            assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3))
                    .isEqualTo(new PythonOrphans.Recovered(1, 0));
        }
        claimedByPython("1 hour 1 minute", 1);

        assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3))
                .isEqualTo(new PythonOrphans.Recovered(0, 1));

        assertThat(DB.column(1, "status || ' ' || failure_kind || ' ' || crash_count", String.class))
                .isEqualTo("failed poison 3");
        assertThat(DB.column(1, "error_message", String.class))
                .isEqualTo("Was claimed 3 times by workers without a lease that did not settle it");
        assertThat(DB.column(
                        1, "failed_at is not null and next_retry_at is null and claim_id is not null", Boolean.class))
                .isTrue();
    }

    // One of them ends its worker each time; which one nobody knows.
    @Test
    void whatIsLeftInCompanyIsPoisonOnlyAfterTwiceAsManyTimes() {
        DB.insertPending("f", 2);
        for (int times = 1; times < 6; times++) {
            claimedByPython("1 hour 1 minute", 1, 2);
            assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3))
                    .isEqualTo(new PythonOrphans.Recovered(2, 0));
        }
        claimedByPython("1 hour 1 minute", 1, 2);

        assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3))
                .isEqualTo(new PythonOrphans.Recovered(0, 2));
    }

    @Test
    void ourReplicasRunAloneWhatPythonWorkersLeftTwice() {
        DB.insertPending("f", 2);
        for (int times = 0; times < 2; times++) {
            claimedByPython("1 hour 1 minute", 1, 2);
            queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3);
        }

        assertThat(fleet.claimed("a", 10).records()).isEmpty();
        assertThat(queue.claimSuspect(UUID.randomUUID(), "a", "f").records()).hasSize(1);
    }

    @Test
    void saysWhetherThereIsAnyOfThatAge() {
        DB.insertPending("f", 2);
        fleet.claimed("a", 1);
        DB.jdbc()
                .sql("update processing_queue set claimed_at = now() - interval '1 year' where id = 1")
                .update();
        claimedByPython("1 hour 1 minute", 2);

        assertThat(queue.unfencedOrphans().any(Duration.ofHours(1))).isTrue();
        assertThat(queue.unfencedOrphans().any(Duration.ofHours(2))).isFalse();
        DB.jdbc()
                .sql("update processing_queue set status = 'completed' where id = 2")
                .update();
        assertThat(queue.unfencedOrphans().any(Duration.ofHours(1))).isFalse();
    }

    @Test
    void takesNothingByAgeThatIsOfAnotherFlowOrHasALease() {
        DB.insertPending("of-a-newer-version", 1);
        claimedByPython("1 year", 1);
        DB.insertPending("f", 1);
        fleet.claimed("a", 1);
        DB.jdbc()
                .sql("update processing_queue set claimed_at = now() - interval '1 year'")
                .update();

        assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3).records())
                .isZero();

        assertThat(DB.count("of-a-newer-version", "processing")).isEqualTo(1);
        assertThat(DB.count("f", "processing")).isEqualTo(1);
    }

    @Test
    void takesAllPythonOrphansAlthoughManyOthersAreOlder() {
        DB.insertPending("of-a-newer-version", 10_000);
        DB.insertPending("f", 2_500);
        DB.jdbc().sql("""
                update processing_queue
                set status = 'processing', flow_instance_id = 'py', claimed_at = now() - interval '2 hours'
                        - case flow_name when 'f' then interval '0' else interval '1 hour' end
                """).update();

        // As the maintenance does.
        assertThat(IntStream.generate(() -> queue.unfencedOrphans()
                                .recover("f", Duration.ofHours(1), 3)
                                .records())
                        .takeWhile(batch -> batch > 0)
                        .sum())
                .isEqualTo(2_500);
        assertThat(actions()).isEmpty();
    }

    @Test
    void whatAnOperatorRecoversIsWrittenDown() {
        DB.insertPending("f", 1_001);
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', claimed_at = now() - interval '2 hours'")
                .update();

        assertThat(queue.unfencedOrphans()
                        .recover("f", Duration.ofHours(1), 3, Actor.named("ada"))
                        .records())
                .isEqualTo(1_001);
        assertThat(queue.unfencedOrphans()
                        .recover("f", Duration.ofHours(1), 3, Actor.named("bob"))
                        .records())
                .isZero();

        assertThat(actions())
                .containsExactly(
                        "ada|recover|f|{\"timeout_seconds\": 3600}|1000",
                        "ada|recover|f|{\"timeout_seconds\": 3600}|1");
    }

    @Test
    void whatCannotBeWrittenDownIsNotRecovered() {
        DB.insertPending("f", 1);
        claimedByPython("2 hours", 1);

        assertThatException()
                .isThrownBy(() -> queue.unfencedOrphans()
                        .recover("f", Duration.ofHours(1), 3, Actor.named("\u0000"))
                        .records());

        assertThat(DB.status(1)).isEqualTo("processing");
    }

    @Test
    void leavesARecordToThePythonWorkerThatIsCompletingIt() {
        DB.insertPending("f", 1);
        claimedByPython("2 hours", 1);

        queue.transaction().executeWithoutResult(stillOpen -> {
            DB.workerJdbc()
                    .sql("update processing_queue set status = 'completed', completed_at = now() where id = 1")
                    .update();
            assertThat(supplyAsync(() -> queue.unfencedOrphans()
                            .recover("f", Duration.ofHours(1), 3)
                            .records()))
                    .succeedsWithin(SOON)
                    .isEqualTo(0);
        });

        assertThat(DB.status(1)).isEqualTo("completed");
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
    }

    private static List<String> actions() {
        return DB.jdbc()
                .sql("select actor || '|' || action || '|' || flow_name || '|' || details || '|' || records"
                        + " from operator_action order by id")
                .query(String.class)
                .list();
    }

    private static void claimedByPython(String ago, long... ids) {
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', flow_instance_id = 'py',"
                        + " claimed_at = now() - cast(:ago as interval) where id = any (:ids)")
                .param("ago", ago)
                .param("ids", ids)
                .update();
    }
}
