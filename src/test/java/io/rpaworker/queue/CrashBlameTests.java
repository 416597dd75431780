package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Orphans.Recovered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which records are blamed when a replica has died. */
class CrashBlameTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();

    @Test
    void everythingThatWasUnderWayIsBlamedOnce() {
        DB.insertPending("f", 3);
        fleet.claimed("a", 2);
        Claim settled = fleet.claimed("a", 1);
        queue.settlements().complete(settled.id(), List.of(3L), Map.of());
        fleet.kill("a");

        fleet.sweep();
        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(1, 1, 0);
    }

    @Test
    void onlyTheRecordThatRanAloneIsBlamed() {
        DB.insertPending("f", 3);
        fleet.setCrashCount(1, 1);
        fleet.claimedAlone("a");
        fleet.claimed("a", 2);
        fleet.kill("a");

        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(2, 0, 0);
    }

    @Test
    void whatIsRecoveredAfterTheRecordThatRanAloneIsNotBlamedEither() {
        DB.insertPending("f", 3);
        fleet.setCrashCount(1, 1);
        fleet.claimedAlone("a");
        Claim batch = fleet.claimed("a", 2);
        fleet.kill("a");

        queue.transaction().executeWithoutResult(rolledBack -> {
            queue.settlements().complete(batch.id(), List.of(2L, 3L), Map.of());
            assertThat(supplyAsync(fleet::sweep)).succeedsWithin(SOON).isEqualTo(1);
            rolledBack.setRollbackOnly();
        });
        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(2, 0, 0);
    }

    @Test
    void aRecordThatWasUnderWayInTooManyCrashesIsADeadLetter() {
        DB.insertPending("f", 2);
        fleet.setCrashCount(1, 2);
        fleet.claimedAlone("a");
        fleet.claimed("a", 1);
        fleet.kill("a");

        assertThat(queue.orphans().recover(Fleet.MAX_CRASHES))
                .containsExactlyInAnyOrder(new Recovered("f", 1, true), new Recovered("f", 1, false));

        assertThat(DB.status(1)).isEqualTo("failed");
        assertThat(DB.column(1, "failure_kind || ' ' || crash_count || ' ' || retry_count", String.class))
                .isEqualTo("poison 3 0");
        assertThat(DB.nullableColumn(1, "next_retry_at::text", String.class)).isNull();
        assertThat(DB.status(2)).isEqualTo("pending");
    }

    @Test
    void aReplicaThatEndedInGoodOrderBlamesNobody() {
        DB.insertPending("f", 2);
        fleet.claimed("a", 2);
        queue.leases().end(new Replica("a", "test", "1"));

        assertThat(fleet.sweep()).isEqualTo(2);

        assertThat(fleet.crashes()).containsExactly(0, 0);
    }
}
