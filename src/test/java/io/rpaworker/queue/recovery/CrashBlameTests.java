package io.rpaworker.queue.recovery;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.Fleet;
import io.rpaworker.queue.recovery.Orphans.Recovered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
        queue.completions().complete(settled.id(), List.of(3L), Map.of());
        fleet.kill("a");

        fleet.sweep();
        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(1, 1, 0);
    }

    @Test
    void whatWasUnderWayInOneDeathRunsLikeAnyOtherAndInTwoIsASuspect() {
        DB.insertPending("f", 3);
        dies("a", 3);

        assertThat(fleet.claimed("b", 2).records()).hasSize(2);
        fleet.kill("b");
        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(2, 2, 1);
        DB.insertReplica("c");
        assertThat(fleet.claimed("c", 3).records())
                .extracting(Claim.ClaimedRecord::id)
                .containsExactly(3L);
        fleet.claimedSuspect("c");
    }

    @Test
    void twoSweepsThatMeetLockTheDeadInTheSameOrder() {
        var dead = Stream.iterate(9, n -> n - 1).limit(9).map(n -> "dead-" + n).toList();
        dead.forEach(DB::insertReplica);
        DB.insertPending("f", dead.size());
        dead.forEach(replica -> fleet.claimed(replica, 1));
        dead.forEach(DB::expireLease);
        queue.orphans().declareDead();

        CompletableFuture<Integer> sweep = queue.transaction().execute(status -> {
            lock("dead-1");
            var waiting = supplyAsync(fleet::sweep);
            DB.awaitWaiter();
            // The sweep waits for the first of them, and holds none of the others.
            dead.forEach(CrashBlameTests::lock);
            return waiting;
        });

        assertThat(sweep).succeedsWithin(SOON).isEqualTo(dead.size());
    }

    private static void lock(String replica) {
        DB.workerJdbc()
                .sql("select id from worker_instance where id = :id for no key update nowait")
                .param("id", replica)
                .query(String.class)
                .single();
    }

    @Test
    void onlyTheRecordThatRanAloneIsBlamed() {
        insertSuspect(3, 2);
        diesRunningItAlone("a", 2);

        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(3, 0, 0);
    }

    @Test
    void whatIsRecoveredAfterTheRecordThatRanAloneIsNotBlamedEither() {
        insertSuspect(3, 2);
        fleet.claimedAlone("a");
        Claim batch = fleet.claimed("a", 2);
        fleet.kill("a");

        queue.transaction().executeWithoutResult(rolledBack -> {
            queue.completions().complete(batch.id(), List.of(2L, 3L), Map.of());
            assertThat(supplyAsync(fleet::sweep)).succeedsWithin(SOON).isEqualTo(1);
            rolledBack.setRollbackOnly();
        });
        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(3, 0, 0);
    }

    @Test
    void aRecordThatWasUnderWayInTooManyCrashesIsADeadLetter() {
        insertSuspect(2, 3);
        diesRunningItAlone("a", 1);

        assertThat(queue.orphans().recover(Fleet.MAX_CRASHES))
                .containsExactlyInAnyOrder(new Recovered("f", 1, true), new Recovered("f", 1, false));

        assertThat(DB.status(1)).isEqualTo("failed");
        assertThat(DB.column(1, "failure_kind || ' ' || crash_count || ' ' || retry_count", String.class))
                .isEqualTo("poison 4 0");
        assertThat(DB.nullableColumn(1, "next_retry_at::text", String.class)).isNull();
        assertThat(DB.status(2)).isEqualTo("pending");
    }

    @Test
    void aSuspectThatStillWaitsToRunAloneIsBlamedNoMoreThanOthers() {
        insertSuspect(3, 2);
        diesBeforeItRunsAlone("a", 2);

        fleet.sweep();

        assertThat(fleet.crashes()).containsExactly(2, 1, 1);
    }

    @Test
    void onlyWhatRanAloneBecomesPoison() {
        insertSuspect(2, 5);
        diesBeforeItRunsAlone("a", 1);

        assertThat(queue.orphans().recover(1)).containsExactly(new Recovered("f", 2, false));

        assertThat(fleet.crashes()).containsExactly(5, 1);
    }

    @Test
    void aClaimThatIsNoLongerItsOwnRunsNothingAlone() {
        insertSuspect(1, 2);
        Claim claim = fleet.claimedSuspect("a");
        fleet.kill("a");
        fleet.sweep();

        assertThat(queue.bookedClaims().runsAlone(claim.id())).isFalse();
    }

    @Test
    void aReplicaThatComesBackTakesItsBlameWithIt() {
        DB.insertPending("f", 3);
        dies("a", 2);
        assertThat(fleet.crashes()).containsExactly(1, 1, 0);

        fleet.comesBack("a");
        queue.orphans().acquit();

        assertThat(fleet.crashes()).containsExactly(0, 0, 0);
    }

    @Test
    void blameThatOthersHaveLaidStays() {
        DB.insertPending("f", 2);
        dies("a", 2);
        dies("b", 1);
        assertThat(fleet.crashes()).containsExactly(2, 1);

        fleet.comesBack("a");
        fleet.comesBack("a");

        assertThat(fleet.crashes()).containsExactly(1, 0);
    }

    @Test
    void twoReplicasThatComeBackTakeTwiceTheBlame() {
        DB.insertPending("f", 1);
        dies("a", 1);
        dies("b", 1);
        endLease("a");

        fleet.comesBack("b");

        assertThat(fleet.crashes()).containsExactly(0);
    }

    @Test
    void aRecordThatRunsAgainIsAcquittedOnceItIsPendingAgain() {
        DB.insertPending("f", 1);
        dies("a", 1);
        Claim again = fleet.claimed("b", 1);

        fleet.comesBack("a");
        assertThat(fleet.crashes()).containsExactly(1);
        queue.releases().release(again.id(), List.of(1L));
        queue.orphans().acquit();

        assertThat(fleet.crashes()).containsExactly(0);
    }

    // Whoever claims, settles or deletes a record has it locked meanwhile, and what becomes of it is not known yet.
    @Test
    void whatIsJustBeingClaimedIsAcquittedOnceItIsPendingAgain() {
        blamedFor("a", 1);

        UUID again = besideAnAcquittal(() -> fleet.claimed("b", 1).id());
        queue.orphans().acquit();
        assertThat(fleet.crashes()).containsExactly(1);
        queue.releases().release(again, List.of(1L));

        assertThat(queue.orphans().acquit()).isEqualTo(1);
        assertThat(fleet.crashes()).containsExactly(0);
    }

    @Test
    void whatIsJustBeingSettledIsAcquittedOfWhatIsLeft() {
        blamedFor("a", 4);
        UUID claim = fleet.claimed("b", 4).id();
        var failures = Map.of(
                2L, new Failure("broken", FailureKind.ERROR, null, Duration.ZERO, Duration.ZERO),
                3L, new Failure("hung", FailureKind.TIMEOUT, null, Duration.ZERO, Duration.ZERO));

        besideAnAcquittal(() -> {
            queue.completions().complete(claim, List.of(1L), Map.of());
            queue.failures().fail(claim, "test.Handler", failures);
            return queue.releases().suspect(claim, List.of(4L));
        });

        // Whatever was decided stays; the second has cleared itself, the first is done and owes nothing.
        assertThat(queue.orphans().acquit()).isEqualTo(2);
        assertThat(fleet.crashes()).containsExactly(1, 0, 0, 1);
        assertThat(queue.orphans().any()).isFalse();
    }

    @Test
    void whatIsJustBecomingPoisonIsPendingAgain() {
        blamedFor("a", 1);
        fleet.setCrashCount(1, 3);
        fleet.claimedAlone("b");
        fleet.kill("b");

        besideAnAcquittal(() -> queue.orphans().recover(Fleet.MAX_CRASHES));
        assertThat(DB.status(1)).isEqualTo("failed");

        assertThat(queue.orphans().acquit()).isEqualTo(1);
        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(fleet.crashes()).containsExactly(3);
    }

    @Test
    void whatIsJustBeingDeletedIsForgotten() {
        blamedFor("a", 2);

        besideAnAcquittal(() ->
                DB.workerJdbc().sql("delete from processing_queue where id = 1").update());
        queue.orphans().acquit();

        assertThat(fleet.crashes()).containsExactly(0);
        assertThat(queue.orphans().any()).isFalse();
    }

    @Test
    void whatSomebodyHasLockedIsAcquittedOnceItIsFree() {
        blamedFor("a", 2);

        besideAnAcquittal(() -> DB.workerJdbc()
                .sql("select id from processing_queue where id = 1 for update")
                .query(Long.class)
                .single());
        assertThat(fleet.crashes()).containsExactly(1, 0);

        assertThat(queue.orphans().acquit()).isEqualTo(1);
        assertThat(fleet.crashes()).containsExactly(0, 0);
    }

    // The owner passes over what is locked, and would have to settle it later.
    @Test
    void whatRunsAgainIsNotLockedMeanwhile() {
        blamedFor("a", 1);
        Claim claim = fleet.claimed("b", 1);
        endLease("a");

        queue.transaction().executeWithoutResult(stillOpen -> {
            queue.orphans().acquit();
            assertThat(supplyAsync(
                            () -> fail(claim, new Failure("broken", FailureKind.ERROR, null, null, Duration.ZERO))))
                    .succeedsWithin(SOON)
                    .isEqualTo(Set.of(1L));
        });
    }

    /** Records that are blamed for the death of a replica, which has then come back. */
    private void blamedFor(String replica, int records) {
        DB.insertPending("f", records);
        dies(replica, records);
        assertThat(fleet.crashes()).containsOnly(1);
    }

    /** What somebody does in a transaction that is open while the first replica is acquitted, without waiting. */
    private <T> T besideAnAcquittal(Supplier<T> doing) {
        endLease("a");
        return Objects.requireNonNull(queue.transaction().execute(stillOpen -> {
            T done = doing.get();
            assertThat(supplyAsync(queue.orphans()::acquit)).succeedsWithin(SOON);
            return done;
        }));
    }

    @Test
    void poisonThatWasNoneIsPendingAgain() {
        insertSuspect(1, 3);
        fleet.claimedAlone("a");
        fleet.kill("a");
        fleet.sweep();
        assertThat(DB.status(1)).isEqualTo("failed");

        fleet.comesBack("a");

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(fleet.crashes()).containsExactly(3);
        assertThat(DB.nullableColumn(1, "error_message", String.class)).isNull();
        fleet.claimedAlone("b");
    }

    @Test
    void whatHasFailedSinceIsNotPoison() {
        DB.insertPending("f", 1);
        dies("a", 1);
        Claim again = fleet.claimed("b", 1);
        fail(again, new Failure("hung", FailureKind.TIMEOUT, null, null, Duration.ZERO));

        fleet.comesBack("a");

        assertThat(DB.status(1)).isEqualTo("failed");
    }

    @Test
    void whatHasClearedItselfSinceOwesNothing() {
        DB.insertPending("f", 1);
        dies("a", 1);
        Claim again = fleet.claimed("b", 1);
        fail(again, new Failure("broken", FailureKind.ERROR, null, Duration.ZERO, Duration.ZERO));
        queue.retries().promote(List.of("f"));

        fleet.comesBack("a");

        assertThat(fleet.crashes()).containsExactly(0);
    }

    @Test
    void whoStaysAwayAcquitsNobody() {
        DB.insertPending("f", 2);
        dies("a", 2);

        assertThat(queue.orphans().acquit()).isZero();

        assertThat(fleet.crashes()).containsExactly(1, 1);
    }

    @Test
    void aReplicaThatComesBackBeforeItsRecordsAreRecoveredBlamesNobody() {
        DB.insertPending("f", 2);
        fleet.claimed("a", 2);
        fleet.kill("a");
        endLease("a");

        assertThat(fleet.sweep()).isEqualTo(2);

        assertThat(fleet.crashes()).containsExactly(0, 0);
    }

    @Test
    void aReplicaThatEndedInGoodOrderBlamesNobody() {
        DB.insertPending("f", 2);
        fleet.claimed("a", 2);
        endLease("a");

        assertThat(fleet.sweep()).isEqualTo(2);

        assertThat(fleet.crashes()).containsExactly(0, 0);
    }

    /** Records of which the first was under way in so many crashes. */
    private void insertSuspect(int records, int crashes) {
        DB.insertPending("f", records);
        fleet.setCrashCount(1, crashes);
    }

    /** A replica dies with so many records under way, and they are recovered. */
    private void dies(String replica, int records) {
        fleet.claimed(replica, records);
        fleet.kill(replica);
        fleet.sweep();
    }

    /** A replica dies while its suspect runs alone, with so many others claimed after it. */
    private void diesRunningItAlone(String replica, int others) {
        fleet.claimedAlone(replica);
        fleet.claimed(replica, others);
        fleet.kill(replica);
    }

    /** A replica dies while its suspect waits to run alone, with so many others under way. */
    private void diesBeforeItRunsAlone(String replica, int others) {
        fleet.claimedSuspect(replica);
        fleet.claimed(replica, others);
        fleet.kill(replica);
    }

    private void endLease(String replica) {
        queue.leases().end(new WorkerInstance(replica, "test", "1"));
    }

    /** Fails the first record. */
    private Set<Long> fail(Claim claim, Failure failure) {
        return queue.failures().fail(claim.id(), "test.Handler", Map.of(1L, failure));
    }
}
