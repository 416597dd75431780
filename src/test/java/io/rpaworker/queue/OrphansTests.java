package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.Orphans.Recovered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

class OrphansTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final int MAX_CRASHES = 3;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Claims claims = new Claims(DB.jdbc());
    private final Settlements settlements = new Settlements(DB.jdbc(), JsonMapper.shared());
    private final Leases leases = new Leases(DB.jdbc());
    private final Orphans orphans = new Orphans(DB.jdbc());
    private final TransactionTemplate transaction =
            new TransactionTemplate(new JdbcTransactionManager(DB.dataSource()));

    @BeforeEach
    void empty() {
        DB.jdbc()
                .sql("truncate processing_queue, processing_claim, worker_instance restart identity")
                .update();
        DB.insertReplica("a");
        DB.insertReplica("b");
    }

    @Test
    void aDeadReplicasRecordsArePendingAgainWithTheirAttempt() {
        DB.insertPending("f", 3);
        claimed("a", 3);
        DB.expireLease("a");

        assertThat(orphans.declareDead()).isEqualTo(1);
        assertThat(orphans.recover(MAX_CRASHES)).containsExactly(new Recovered("f", 3, false));

        assertThat(DB.count("f", "pending")).isEqualTo(3);
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
        assertThat(orphans.recover(MAX_CRASHES)).isEmpty();
        assertThat(rows("processing_claim")).isZero();
    }

    @Test
    void aLiveReplicasRecordsAreItsOwn() {
        DB.insertPending("f", 3);
        Claim claim = claimed("a", 3);

        assertThat(orphans.declareDead()).isZero();
        assertThat(orphans.recover(MAX_CRASHES)).isEmpty();

        assertThat(settlements.complete(claim.id(), List.of(1L, 2L, 3L), Map.of()))
                .hasSize(3);
    }

    @Test
    void aLeaseThatRanOutIsNobodysBusinessUntilItIsDeclaredSo() {
        DB.insertPending("f", 1);
        claimed("a", 1);
        DB.expireLease("a");

        assertThat(orphans.recover(MAX_CRASHES)).isEmpty();
        assertThat(DB.status(1)).isEqualTo("processing");
    }

    @Test
    void whoIsDeclaredDeadNeitherRenewsNorClaimsEverAgain() {
        DB.insertPending("f", 1);
        DB.expireLease("a");
        orphans.declareDead();
        // As if the lease had been long enough after all.
        DB.jdbc()
                .sql("update worker_instance set lease_until = now() + interval '1 hour'")
                .update();

        assertThat(leases.renew(new Replica("a", "test", "1"), Duration.ofHours(1)))
                .isFalse();
        assertThat(claimed("a", 1).isEmpty()).isTrue();
        assertThat(claims.claimSuspect(UUID.randomUUID(), "a", "f").isEmpty()).isTrue();
        assertThat(orphans.declareDead()).isZero();
    }

    @Test
    void twoSweepsAtOnceRecoverEachRecordOnce() {
        DB.insertPending("f", 600);
        IntStream.range(0, 60).forEach(i -> claimed("a", 10));
        DB.expireLease("a");

        List<Integer> recovered = Stream.generate(() -> supplyAsync(() -> {
                    orphans.declareDead();
                    return sweep();
                }))
                .limit(3)
                .toList()
                .stream()
                .map(it -> it.join())
                .toList();

        assertThat(recovered.stream().mapToInt(Integer::intValue).sum()).isEqualTo(600);
        assertThat(crashes(1, 600)).containsOnly(1);
    }

    @Test
    void aRecordThatItsOwnerIsCompletingIsSkippedAndStaysCompleted() {
        DB.insertPending("f", 2);
        Claim claim = claimed("a", 2);
        DB.expireLease("a");
        orphans.declareDead();

        transaction.executeWithoutResult(stillOpen -> {
            settlements.complete(claim.id(), List.of(1L), Map.of());
            assertThat(supplyAsync(this::sweep)).succeedsWithin(SOON).isEqualTo(1);
        });

        assertThat(sweep()).isZero();
        assertThat(DB.status(1)).isEqualTo("completed");
        assertThat(DB.status(2)).isEqualTo("pending");
    }

    @Test
    void aRecordWhoseCompletionIsRolledBackIsFoundByTheNextSweep() {
        DB.insertPending("f", 2);
        Claim claim = claimed("a", 2);
        DB.expireLease("a");
        orphans.declareDead();

        transaction.executeWithoutResult(rolledBack -> {
            settlements.complete(claim.id(), List.of(1L), Map.of());
            assertThat(supplyAsync(this::sweep)).succeedsWithin(SOON).isEqualTo(1);
            rolledBack.setRollbackOnly();
        });

        assertThat(sweep()).isEqualTo(1);
        assertThat(crashes(1, 2)).containsExactly(1, 1);
    }

    @Test
    void everythingThatWasUnderWayIsBlamedOnce() {
        DB.insertPending("f", 3);
        claimed("a", 2);
        Claim settled = claimed("a", 1);
        settlements.complete(settled.id(), List.of(3L), Map.of());
        kill("a");

        sweep();
        sweep();

        assertThat(crashes(1, 3)).containsExactly(1, 1, 0);
    }

    @Test
    void onlyTheRecordThatRanAloneIsBlamed() {
        DB.insertPending("f", 3);
        suspect(1);
        claimedAlone("a");
        claimed("a", 2);
        kill("a");

        sweep();

        assertThat(crashes(1, 3)).containsExactly(2, 0, 0);
    }

    @Test
    void whatIsRecoveredAfterTheRecordThatRanAloneIsNotBlamedEither() {
        DB.insertPending("f", 3);
        suspect(1);
        claimedAlone("a");
        Claim batch = claimed("a", 2);
        kill("a");

        transaction.executeWithoutResult(rolledBack -> {
            settlements.complete(batch.id(), List.of(2L, 3L), Map.of());
            assertThat(supplyAsync(this::sweep)).succeedsWithin(SOON).isEqualTo(1);
            rolledBack.setRollbackOnly();
        });
        sweep();

        assertThat(crashes(1, 3)).containsExactly(2, 0, 0);
    }

    @Test
    void aRecordThatWasUnderWayInTooManyCrashesIsADeadLetter() {
        DB.insertPending("f", 2);
        DB.jdbc()
                .sql("update processing_queue set crash_count = 2 where id = 1")
                .update();
        claimedAlone("a");
        claimed("a", 1);
        kill("a");

        assertThat(orphans.recover(MAX_CRASHES))
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
        claimed("a", 2);
        leases.end(new Replica("a", "test", "1"));

        assertThat(sweep()).isEqualTo(2);

        assertThat(crashes(1, 2)).containsExactly(0, 0);
    }

    @Test
    void recoversMoreClaimsThanFitIntoOneBatch() {
        DB.insertPending("f", 5_000);
        IntStream.range(0, 100).forEach(i -> claimed("a", 50));
        kill("a");

        assertThat(sweep()).isEqualTo(5_000);

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
        kill("a");

        assertThat(sweep()).isEqualTo(1);

        assertThat(DB.status(10_001)).isEqualTo("pending");
    }

    @Test
    void recoversInOnePassWhatLiesBehindRecordsThatAreLocked() {
        DB.insertPending("f", 51);
        List<Claim> held = IntStream.range(0, 50).mapToObj(i -> claimed("a", 1)).toList();
        // The last in every order that a sweep may take.
        claimed(UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff"), "a", 1);
        kill("a");

        transaction.executeWithoutResult(stillOpen -> {
            held.forEach(it -> settlements.complete(
                    it.id(), it.records().stream().map(ClaimedRecord::id).toList(), Map.of()));
            assertThat(supplyAsync(this::sweep)).succeedsWithin(SOON).isEqualTo(1);
        });

        assertThat(DB.count("f", "completed")).isEqualTo(50);
        assertThat(DB.status(51)).isEqualTo("pending");
    }

    @Test
    void findsWhatAReplicaLeftWhoseOwnRowIsGone() {
        DB.insertPending("f", 2);
        claimed("a", 2);
        DB.jdbc().sql("delete from worker_instance where id = 'a'").update();

        assertThat(sweep()).isEqualTo(2);

        assertThat(crashes(1, 2)).containsExactly(1, 1);
    }

    @Test
    void takesARecordFromAPythonWorkerByAgeAndCountsTheAttempt() {
        DB.insertPending("f", 2);
        claimedByPython("1 hour 1 minute", 1);
        claimedByPython("59 minutes", 2);

        assertThat(orphans.recoverUnfenced("f", Duration.ofHours(1))).isEqualTo(1);

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(DB.nullableColumn(1, "flow_instance_id", String.class)).isNull();
        assertThat(DB.status(2)).isEqualTo("processing");
    }

    @Test
    void takesNothingByAgeThatIsOfAnotherFlowOrHasALease() {
        DB.insertPending("of-a-newer-version", 1);
        claimedByPython("1 year", 1);
        DB.insertPending("f", 1);
        claimed("a", 1);
        DB.jdbc()
                .sql("update processing_queue set claimed_at = now() - interval '1 year'")
                .update();

        assertThat(orphans.recoverUnfenced("f", Duration.ofHours(1))).isZero();

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

        assertThat(orphans.recoverUnfenced("f", Duration.ofHours(1))).isEqualTo(2_500);
    }

    @Test
    void leavesARecordToThePythonWorkerThatIsCompletingIt() {
        DB.insertPending("f", 1);
        claimedByPython("2 hours", 1);

        transaction.executeWithoutResult(stillOpen -> {
            DB.jdbc()
                    .sql("update processing_queue set status = 'completed', completed_at = now() where id = 1")
                    .update();
            assertThat(supplyAsync(() -> orphans.recoverUnfenced("f", Duration.ofHours(1))))
                    .succeedsWithin(SOON)
                    .isEqualTo(0);
        });

        assertThat(DB.status(1)).isEqualTo("completed");
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
    }

    // As the maintenance does it: until nothing is left.
    private int sweep() {
        return Stream.generate(() -> orphans.recover(MAX_CRASHES))
                .takeWhile(batch -> !batch.isEmpty())
                .flatMap(List::stream)
                .mapToInt(Recovered::records)
                .sum();
    }

    private void kill(String replica) {
        DB.expireLease(replica);
        assertThat(orphans.declareDead()).isEqualTo(1);
    }

    private void suspect(long id) {
        DB.jdbc()
                .sql("update processing_queue set crash_count = 1 where id = :id")
                .param("id", id)
                .update();
    }

    private Claim claimed(String replica, int limit) {
        return claimed(UUID.randomUUID(), replica, limit);
    }

    private Claim claimed(UUID claimId, String replica, int limit) {
        return claims.claim(new ClaimRequest(claimId, replica, "f", limit, 16_000_000, null, Partition.ALL));
    }

    private void claimedAlone(String replica) {
        assertThat(claims.claimSuspect(UUID.randomUUID(), replica, "f").records())
                .hasSize(1);
    }

    private static void claimedByPython(String ago, long id) {
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', flow_instance_id = 'py',"
                        + " claimed_at = now() - cast(:ago as interval) where id = :id")
                .param("ago", ago)
                .param("id", id)
                .update();
    }

    private static List<Integer> crashes(long from, long to) {
        return DB.jdbc()
                .sql("select crash_count from processing_queue where id between :from and :to order by id")
                .param("from", from)
                .param("to", to)
                .query(Integer.class)
                .list();
    }

    private static int rows(String table) {
        return DB.jdbc()
                .sql("select count(*) from " + table)
                .query(Integer.class)
                .single();
    }
}
