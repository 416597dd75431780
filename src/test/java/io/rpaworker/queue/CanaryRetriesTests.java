package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Ten dead letters of flow f, two of flow g; the three oldest of f are tried first. */
class CanaryRetriesTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final int CANARY = 3;

    private final TransactionTemplate transaction =
            QueueParts.over(DB.dataSource()).transaction();
    private final DeadLetterActions deadLetters =
            QueueParts.over(DB.dataSource()).deadLetterActions();
    private final CanaryRetries canaries = new CanaryRetries(DB.jdbc(), deadLetters, JsonMapper.shared());

    @BeforeEach
    void dyingCanaries() {
        DB.jdbc()
                .sql("truncate processing_queue, operator_action, canary_retry restart identity")
                .update();
        DB.insertPending("f", 10);
        DB.insertPending("g", 2);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', failed_at = now() - id * interval '1 hour'")
                .update();
        deadLetters.retryWithCanary(DeadLetterFilter.ofFlow("f"), CANARY, "ada");
    }

    @Test
    void triesTheOldestFirst() {
        assertThat(pending()).containsExactly(8L, 9L, 10L);
        assertThat(states()).containsExactly("watching");
    }

    @Test
    void waitsWhileOneIsStillUnderWay() {
        set("completed", "id in (8, 9)");
        set("processing", "id = 10");

        canaries.watchOnce();

        assertThat(states()).containsExactly("watching");
        assertThat(DB.count("f", "failed")).isEqualTo(7);
    }

    @Test
    void theRestFollowsOnceAllAreCompleted() {
        set("completed", "id in (8, 9, 10)");

        canaries.watchOnce();
        canaries.watchOnce();

        assertThat(states()).containsExactly("went_on");
        assertThat(DB.count("f", "pending")).isEqualTo(7);
        assertThat(DB.count("g", "failed")).isEqualTo(2);
        assertThat(DB.jdbc()
                        .sql("select actor || '|' || action || '|' || records from operator_action order by id")
                        .query(String.class)
                        .list())
                .containsExactly("ada|retry canary|3", "ada|retry|7");
    }

    @Test
    void theRestStaysWhereItIsOnceOneFailsAgain() {
        set("completed", "id in (8, 9)");
        // Even if another attempt of it is due: it has not got better.
        set("failed", "id = 10");
        DB.jdbc()
                .sql("update processing_queue set next_retry_at = now() where id = 10")
                .update();

        canaries.watchOnce();
        set("completed", "id = 10");
        canaries.watchOnce();

        assertThat(states()).containsExactly("stopped");
        assertThat(DB.count("f", "failed")).isEqualTo(7);
        assertThat(pending()).isEmpty();
    }

    @Test
    void aCanaryThatRetentionHasDeletedIsNoReasonToWaitForEver() {
        set("completed", "id in (8, 9, 10)");
        DB.jdbc().sql("delete from processing_queue where id in (8, 9, 10)").update();

        canaries.watchOnce();

        assertThat(states()).containsExactly("went_on");
    }

    @Test
    void withoutDeadLettersThereIsNothingToWatch() {
        assertThat(deadLetters.retryWithCanary(DeadLetterFilter.ofFlow("h"), CANARY, "ada"))
                .isZero();

        assertThat(states()).containsExactly("watching");
    }

    @Test
    void ofTwoThatWatchAtOnceOneGoesOn() {
        set("completed", "id in (8, 9, 10)");

        CompletableFuture<Void> late = transaction.execute(status -> {
            DB.jdbc().sql("update canary_retry set state = 'stopped'").update();
            var watching = runAsync(canaries::watchOnce);
            // It has seen a canary whose records are all completed.
            DB.awaitWaiter();
            return watching;
        });
        assertThat(late).succeedsWithin(Duration.ofSeconds(10));

        assertThat(states()).containsExactly("stopped");
        assertThat(DB.count("f", "failed")).isEqualTo(7);
    }

    @Test
    void whatHasEndedIsNotLookedAtAgain() {
        set("completed", "id in (8, 9, 10)");
        canaries.watchOnce();
        DB.jdbc()
                .sql("create function refuse() returns trigger language plpgsql as"
                        + " $$ begin raise exception 'a canary is ended once'; end $$")
                .update();
        DB.jdbc()
                .sql(
                        "create trigger refused before update on canary_retry for each statement execute function refuse()")
                .update();
        try {
            canaries.watchOnce();
        } finally {
            DB.jdbc().sql("drop function refuse cascade").update();
        }
    }

    private static void set(String status, String where) {
        DB.jdbc()
                .sql("update processing_queue set status = '" + status + "' where " + where)
                .update();
    }

    private static List<Long> pending() {
        return DB.jdbc()
                .sql("select id from processing_queue where status = 'pending' order by id")
                .query(Long.class)
                .list();
    }

    private static List<String> states() {
        return DB.jdbc()
                .sql("select state from canary_retry order by id")
                .query(String.class)
                .list();
    }
}
