package io.rpaworker.queue.deadletter;

import static io.rpaworker.queue.deadletter.DeadLetterFilter.ALL;
import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.Actor;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;

/** Ten dead letters of flow f, two of flow g; the three oldest of f are tried first. */
class CanaryRetriesTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final int CANARY = 3;

    private final QueueParts queue = QueueParts.over(DB);
    private final TransactionTemplate transaction = queue.transaction();
    private final DeadLetterActions deadLetters = queue.part(DeadLetterActions.class);
    private final CanaryRetries canaries = queue.canaries();

    @BeforeEach
    void dyingCanaries() {
        DB.emptyQueue();
        DB.insertPending("f", 10);
        DB.insertPending("g", 2);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', failed_at = now() - id * interval '1 hour'")
                .update();
        deadLetters.retryWithCanary(ALL.ofFlow("f"), CANARY, Actor.named("ada"));
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
        assertThat(actions()).containsExactly("ada|retry canary|3", "ada|retry|7");
    }

    @Test
    void theRestFollowsABatchForEachTransactionWhoeverGoesOnWithIt() {
        set("completed", "id in (8, 9, 10)");
        dead("f", 2_493);

        assertThat(canaries.watchOnce()).isTrue();
        assertThat(DB.count("f", "pending")).isEqualTo(1_000);
        assertThat(states()).containsExactly("watching");

        // What is retried and fails again is not retried again.
        set("failed", "status = 'pending'");
        transaction.executeWithoutResult(crash -> {
            assertThat(canaries.watchOnce()).isTrue();
            crash.setRollbackOnly();
        });
        var successor = QueueParts.over(DB).canaries();
        assertThat(successor.watchOnce()).isTrue();
        assertThat(DB.count("f", "pending")).isEqualTo(1_000);
        assertThat(states()).containsExactly("watching");

        assertThat(successor.watchOnce()).isTrue();
        assertThat(DB.count("f", "pending")).isEqualTo(1_500);
        assertThat(states()).containsExactly("went_on");

        assertThat(successor.watchOnce()).isFalse();
        assertThat(actions())
                .containsExactly("ada|retry canary|3", "ada|retry|1000", "ada|retry|1000", "ada|retry|500");
    }

    @Test
    void whatFailedOnlyAfterTheCanaryHadBegunIsNotMeant() {
        set("completed", "id in (8, 9, 10)");
        DB.insertPending("f", 1);
        set("failed", "status = 'pending'");

        canaries.watchOnce();

        assertThat(DB.count("f", "pending")).isEqualTo(7);
        assertThat(DB.count("f", "failed")).isEqualTo(1);
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
        assertThat(actions()).containsExactly("ada|retry canary|3", "ada|retry canary stopped|1");
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
        assertThat(deadLetters.retryWithCanary(ALL.ofFlow("h"), CANARY, Actor.named("ada")))
                .isZero();

        assertThat(states()).containsExactly("watching");
    }

    @Test
    void ofTwoThatWatchAtOnceOneGoesOn() {
        set("completed", "id in (8, 9, 10)");

        CompletableFuture<Void> late = transaction.execute(status -> {
            DB.workerJdbc().sql("update canary_retry set state = 'stopped'").update();
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

    private static void dead(String flow, int count) {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, status, claimed_at, failed_at)"
                        + " select :flow, '{}', 'failed', now(), now() - interval '1 hour'"
                        + " from generate_series(1, :count)")
                .param("flow", flow)
                .param("count", count)
                .update();
    }

    private static List<String> actions() {
        return DB.jdbc()
                .sql("select actor || '|' || action || '|' || records from operator_action order by id")
                .query(String.class)
                .list();
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
