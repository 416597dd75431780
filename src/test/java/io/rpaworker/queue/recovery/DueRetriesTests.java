package io.rpaworker.queue.recovery;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DueRetriesTests {

    private static final RpaDb DB = Postgres.migrated();

    private final QueueParts queue = QueueParts.over(DB);
    private final DueRetries retries = queue.retries();

    @BeforeEach
    void empty() {
        DB.emptyQueue();
    }

    @Test
    void onlyWhatIsDueIsPendingAgain() {
        DB.insertPending("f", 3);
        DB.fail(1, "now() - interval '1 second'");
        DB.fail(2, "now() + interval '1 minute'");
        DB.fail(3, "null");

        assertThat(retries.promote(List.of("f"))).isEqualTo(1);

        assertThat(DB.statuses()).containsExactly("pending", "failed", "failed");
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(DB.nullableColumn(1, "failed_at::text", String.class)).isNull();
        // What went wrong the last time can be seen until it goes well.
        assertThat(DB.column(1, "error_message", String.class)).isEqualTo("broken");
    }

    @Test
    void flowsThatThisVersionDoesNotKnowAreLeftAlone() {
        DB.insertPending("f", 1);
        DB.insertPending("g", 1);
        DB.insertPending("of-a-newer-version", 1);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', next_retry_at = now() - interval '1 hour'")
                .update();

        assertThat(retries.promote(List.of("f", "g"))).isEqualTo(2);
        assertThat(retries.promote(List.of())).isZero();

        assertThat(DB.statuses()).containsExactly("pending", "pending", "failed");
    }

    @Test
    void aRetryWaitsItsTurnFromTheMomentItFellDue() {
        DB.insertPending("f", 2);
        DB.jdbc()
                .sql("update processing_queue set available_at = now() - interval '1 day' where id = 1")
                .update();
        DB.fail(1, "now() - interval '1 second'");
        DB.jdbc()
                .sql("update processing_queue set available_at = now() - interval '1 hour' where id = 2")
                .update();

        retries.promote(List.of("f"));

        assertThat(DB.column(1, "available_at = now() - interval '1 day'", Boolean.class))
                .isFalse();
        assertThat(DB.column(
                        1,
                        "available_at > (select available_at from processing_queue where id = 2)"
                                + " and available_at <= now()",
                        Boolean.class))
                .isTrue();
    }

    @Test
    void promotesMoreThanOneBatch() {
        DB.insertPending("f", 2_500);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', next_retry_at = now() - interval '1 hour'")
                .update();

        assertThat(promotedUntilNothingIsDue()).isEqualTo(2_500);
    }

    @Test
    void eachBatchIsBoundedHoweverManyFlowsAreDue() {
        DB.insertPending("f", 800);
        DB.insertPending("g", 800);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', next_retry_at = now() - interval '1 hour'")
                .update();

        assertThat(retries.promote(List.of("f", "g"))).isEqualTo(1_000);
        assertThat(retries.promote(List.of("f", "g"))).isEqualTo(600);
    }

    @Test
    void doesNotReadTheDueRetriesOfFlowsThatNobodyRuns() {
        DB.insertPending("off", 20_000);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', next_retry_at = now() - interval '1 hour'")
                .update();
        DB.jdbc().sql("analyze processing_queue").update();

        queue.transaction().executeWithoutResult(status -> {
            assertThat(retries.promote(List.of("f"))).isZero();

            assertThat(DB.workerJdbc()
                            .sql("select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables"
                                    + " where relname = 'processing_queue'")
                            .query(Integer.class)
                            .single())
                    .isLessThan(10);
        });
    }

    @Test
    void twoReplicasPromoteARecordOnce() {
        DB.insertPending("f", 3_000);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', next_retry_at = now() - interval '1 hour'")
                .update();

        int promoted = Stream.generate(() -> supplyAsync(this::promotedUntilNothingIsDue, Thread::startVirtualThread))
                .limit(2)
                .toList()
                .stream()
                .mapToInt(it -> it.join())
                .sum();

        // A promotion that meets only locked rows stops although more is waiting behind them.
        assertThat(promoted + DB.count("f", "failed")).isEqualTo(3_000);
    }

    @Test
    void leavesARecordAloneThatAnOperatorIsRetrying() {
        DB.insertPending("f", 1);
        DB.fail(1, "now() - interval '1 second'");

        queue.transaction().executeWithoutResult(stillOpen -> {
            DB.workerJdbc()
                    .sql("update processing_queue set status = 'pending', retry_count = 0 where id = 1")
                    .update();
            assertThat(supplyAsync(() -> retries.promote(List.of("f"))))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(0);
        });

        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
    }

    // As the maintenance does.
    private int promotedUntilNothingIsDue() {
        return IntStream.generate(() -> retries.promote(List.of("f")))
                .takeWhile(batch -> batch > 0)
                .sum();
    }
}
