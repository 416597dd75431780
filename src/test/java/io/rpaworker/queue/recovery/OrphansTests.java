package io.rpaworker.queue.recovery;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.Fleet;
import io.rpaworker.queue.recovery.Orphans.Recovered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrphansTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();

    @Test
    void aDeadReplicasRecordsArePendingAgainWithTheirAttempt() {
        DB.insertPending("f", 3);
        fleet.claimed("a", 3);
        DB.expireLease("a");

        assertThat(queue.orphans().declareDead()).isEqualTo(1);
        assertThat(queue.orphans().recover(Fleet.MAX_CRASHES)).containsExactly(new Recovered("f", 3, false));

        assertThat(DB.count("f", "pending")).isEqualTo(3);
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
        assertThat(queue.orphans().recover(Fleet.MAX_CRASHES)).isEmpty();
        assertThat(rows("processing_claim")).isZero();
    }

    @Test
    void saysWhetherThereIsAnythingToDo() {
        Orphans orphans = queue.orphans();
        DB.insertPending("f", 3);
        fleet.claimed("a", 1);
        fleet.claimed("b", 1);
        assertThat(orphans.any()).isFalse();

        DB.expireLease("a");
        assertThat(orphans.any()).as("a lease has run out").isTrue();
        orphans.declareDead();
        assertThat(orphans.any()).as("it has left a claim").isTrue();
        orphans.recover(Fleet.MAX_CRASHES);
        orphans.recover(Fleet.MAX_CRASHES);
        assertThat(orphans.any()).isFalse();

        DB.jdbc()
                .sql("update worker_instance set crashed = false where id = 'a'")
                .update();
        assertThat(orphans.any()).as("what it was blamed for").isTrue();
        orphans.acquit();
        assertThat(orphans.any()).isFalse();

        DB.jdbc().sql("delete from worker_instance where id = 'b'").update();
        assertThat(orphans.any()).as("a claim of nobody's").isTrue();
    }

    @Test
    void aLiveReplicasRecordsAreItsOwn() {
        DB.insertPending("f", 3);
        Claim claim = fleet.claimed("a", 3);

        assertThat(queue.orphans().declareDead()).isZero();
        assertThat(queue.orphans().recover(Fleet.MAX_CRASHES)).isEmpty();

        assertThat(queue.completions()
                        .complete(claim.id(), List.of(1L, 2L, 3L), Map.of())
                        .ids())
                .hasSize(3);
    }

    @Test
    void aRecordThatAnotherReplicaHasClaimedSinceIsThatOnes() {
        DB.insertPending("f", 2);
        Claim given = fleet.claimed("a", 2);
        queue.releases().release(given.id(), List.of(1L));
        Claim taken = fleet.claimed("b", 1);
        fleet.kill("a");

        assertThat(fleet.sweep()).isEqualTo(1);

        assertThat(queue.completions()
                        .complete(taken.id(), List.of(1L), Map.of())
                        .ids())
                .hasSize(1);
    }

    @Test
    void aLeaseThatRanOutIsNobodysBusinessUntilItIsDeclaredSo() {
        DB.insertPending("f", 1);
        fleet.claimed("a", 1);
        DB.expireLease("a");

        assertThat(queue.orphans().recover(Fleet.MAX_CRASHES)).isEmpty();
        assertThat(DB.status(1)).isEqualTo("processing");
    }

    @Test
    void whoIsDeclaredDeadNeitherRenewsNorClaimsEverAgain() {
        DB.insertPending("f", 1);
        DB.expireLease("a");
        queue.orphans().declareDead();
        // As if the lease had been long enough after all.
        DB.jdbc()
                .sql("update worker_instance set lease_until = now() + interval '1 hour'")
                .update();

        assertThat(queue.leases().renew(new WorkerInstance("a", "test", "1"), Duration.ofHours(1)))
                .isFalse();
        assertThat(fleet.claimed("a", 1).isEmpty()).isTrue();
        assertThat(queue.claimSuspect(UUID.randomUUID(), "a", "f").isEmpty()).isTrue();
        assertThat(queue.orphans().declareDead()).isZero();
    }

    @Test
    void twoSweepsAtOnceRecoverEachRecordOnce() {
        DB.insertPending("f", 600);
        IntStream.range(0, 60).forEach(i -> fleet.claimed("a", 10));
        DB.expireLease("a");

        List<Integer> recovered = Stream.generate(() -> supplyAsync(
                        () -> {
                            queue.orphans().declareDead();
                            return fleet.sweep();
                        },
                        Thread::startVirtualThread))
                .limit(3)
                .toList()
                .stream()
                .map(it -> it.join())
                .toList();

        assertThat(recovered.stream().mapToInt(Integer::intValue).sum()).isEqualTo(600);
        assertThat(fleet.crashes()).containsOnly(1);
    }

    @Test
    void aRecordThatItsOwnerIsCompletingIsSkippedAndStaysCompleted() {
        DB.insertPending("f", 2);
        Claim claim = fleet.claimed("a", 2);
        DB.expireLease("a");
        queue.orphans().declareDead();

        queue.transaction().executeWithoutResult(stillOpen -> {
            queue.completions().complete(claim.id(), List.of(1L), Map.of());
            assertThat(supplyAsync(fleet::sweep)).succeedsWithin(SOON).isEqualTo(1);
        });

        assertThat(fleet.sweep()).isZero();
        assertThat(DB.status(1)).isEqualTo("completed");
        assertThat(DB.status(2)).isEqualTo("pending");
    }

    @Test
    void aRecordWhoseCompletionIsRolledBackIsFoundByTheNextSweep() {
        DB.insertPending("f", 2);
        Claim claim = fleet.claimed("a", 2);
        DB.expireLease("a");
        queue.orphans().declareDead();

        queue.transaction().executeWithoutResult(rolledBack -> {
            queue.completions().complete(claim.id(), List.of(1L), Map.of());
            assertThat(supplyAsync(fleet::sweep)).succeedsWithin(SOON).isEqualTo(1);
            rolledBack.setRollbackOnly();
        });

        assertThat(fleet.sweep()).isEqualTo(1);
        assertThat(fleet.crashes()).containsExactly(1, 1);
    }

    @Test
    void recoversMoreClaimsThanFitIntoOneBatch() {
        DB.insertPending("f", 5_000);
        IntStream.range(0, 100).forEach(i -> fleet.claimed("a", 50));
        fleet.kill("a");

        assertThat(fleet.sweep()).isEqualTo(5_000);

        assertThat(DB.count("f", "pending")).isEqualTo(5_000);
    }

    @Test
    void recoversInOnePassWhatLiesBehindClaimsThatAreSettledButNotForgotten() {
        DB.insertPending("f", 10_001);
        DB.jdbc().sql("""
                with claimed as (
                    update processing_queue
                    set status = case when id > 10000 then 'processing' else 'completed' end,
                        claimed_at = now(), flow_instance_id = 'a',
                        claim_id = cast('00000000-0000-0000-0000-' || lpad(((id + 19) / 20)::text, 12, '0') as uuid)
                    returning id, claim_id
                )
                insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                select claim_id, 'a', 'f', array_agg(id) from claimed group by claim_id
                """).update();
        fleet.kill("a");

        assertThat(fleet.sweep()).isEqualTo(1);

        assertThat(DB.status(10_001)).isEqualTo("pending");
    }

    @Test
    void recoversInOnePassWhatLiesBehindRecordsThatAreLocked() {
        DB.insertPending("f", 51);
        List<Claim> held =
                IntStream.range(0, 50).mapToObj(i -> fleet.claimed("a", 1)).toList();
        // The last in every order that a sweep may take.
        fleet.claimed(UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff"), "a", 1);
        fleet.kill("a");

        queue.transaction().executeWithoutResult(stillOpen -> {
            held.forEach(it -> queue.completions()
                    .complete(
                            it.id(),
                            it.records().stream().map(ClaimedRecord::id).toList(),
                            Map.of()));
            assertThat(supplyAsync(fleet::sweep)).succeedsWithin(SOON).isEqualTo(1);
        });

        assertThat(DB.count("f", "completed")).isEqualTo(50);
        assertThat(DB.status(51)).isEqualTo("pending");
    }

    @Test
    void findsWhatAReplicaLeftWhoseOwnRowIsGone() {
        DB.insertPending("f", 2);
        fleet.claimed("a", 2);
        DB.jdbc().sql("delete from worker_instance where id = 'a'").update();

        assertThat(fleet.sweep()).isEqualTo(2);

        assertThat(fleet.crashes()).containsExactly(1, 1);
    }

    private static int rows(String table) {
        return DB.jdbc()
                .sql("select count(*) from " + table)
                .query(Integer.class)
                .single();
    }
}
