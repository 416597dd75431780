package io.rpaworker.queue;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.StringUtils;

class ClaimsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final Claims claims = QueueParts.over(DB).part(Claims.class);
    private final ClaimJournal journal = QueueParts.over(DB).bookedClaims();

    @BeforeEach
    void empty() {
        DB.emptyQueue("a", "b");
    }

    @Test
    void claimsTheOldestFirstAndNoMoreThanAsked() {
        DB.insertPending("f", 10);
        DB.jdbc()
                .sql("update processing_queue set available_at = now() - interval '1 hour' where id = 7")
                .update();

        assertThat(ids(claims.claim(request("a", 3)))).containsExactly(7L, 1L, 2L);
        assertThat(DB.status(7)).isEqualTo("processing");
        assertThat(DB.count("f", "pending")).isEqualTo(7);
    }

    @Test
    void skipsRecordsThatAnotherReplicaIsClaiming() {
        DB.insertPending("f", 3);
        var transaction = new TransactionTemplate(new JdbcTransactionManager(DB.workerDataSource()));
        transaction.executeWithoutResult(stillOpen -> {
            assertThat(ids(claims.claim(request("a", 2)))).containsExactly(1L, 2L);
            assertThat(supplyAsync(() -> ids(claims.claim(request("b", 3)))))
                    .succeedsWithin(Duration.ofSeconds(5))
                    .isEqualTo(List.of(3L));
        });
    }

    @Test
    void claimsExactlyTheLimitUnderEveryPlan() throws Exception {
        DB.insertPending("f", 2_000);
        for (String plan : List.of(
                "enable_hashjoin,enable_mergejoin,enable_material,enable_memoize,enable_indexscan,enable_bitmapscan,"
                        + "enable_indexonlyscan,enable_hashagg,enable_sort",
                "enable_nestloop,enable_seqscan",
                "enable_indexscan,enable_bitmapscan",
                "enable_seqscan,enable_hashjoin,enable_mergejoin")) {
            try (var connection = DB.workerDataSource().getConnection()) {
                var one = JdbcClient.create(new SingleConnectionDataSource(connection, true));
                for (String setting : StringUtils.commaDelimitedListToSet(plan)) {
                    one.sql("set " + setting + " = off").update();
                }
                assertThat(new Claims(one, QueueParts.LIMIT)
                                .claim(request("a", 10))
                                .records())
                        .as(plan)
                        .hasSize(10);
            }
        }
        assertThat(DB.count("f", "processing")).isEqualTo(40);
    }

    @Test
    void twoReplicasNeverClaimTheSameRecord() {
        DB.insertPending("f", 4_000);
        var seen = Stream.of("a", "b")
                .map(replica -> supplyAsync(
                        () -> Stream.generate(() -> ids(claims.claim(request(replica, 50))))
                                .takeWhile(ids -> !ids.isEmpty())
                                .flatMap(List::stream)
                                .toList(),
                        Thread::startVirtualThread))
                .toList()
                .stream()
                .flatMap(it -> it.join().stream())
                .toList();

        assertThat(new HashSet<>(seen)).hasSize(seen.size());
        // A claim that meets only locked rows answers with nothing although more is waiting behind them.
        assertThat(seen.size() + DB.count("f", "pending")).isEqualTo(4_000);
    }

    @Test
    void givesNothingToAReplicaWithoutALease() {
        DB.insertPending("f", 1);
        DB.expireLease("a");

        assertThat(claims.claim(request("a", 1)).records()).isEmpty();
        assertThat(claims.claim(request("unknown", 1)).records()).isEmpty();
        assertThat(claims.claim(request("b", 1)).records()).hasSize(1);
    }

    @Test
    void leavesWhatIsNotDueOrOfAnotherFlow() {
        DB.insertPending("other", 1);
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, available_at)"
                        + " values ('f', '{}', now() + interval '1 hour')")
                .update();

        assertThat(claims.claim(request("a", 10)).records()).isEmpty();
    }

    @Test
    void partitionsShareARecordSpaceWithoutOverlap() {
        DB.insertPending("f", 100);

        List<Long> first = ids(claims.claim(request("a", 100, new Partition(0, 3))));
        List<Long> second = ids(claims.claim(request("b", 100, new Partition(1, 3))));

        assertThat(first).allMatch(id -> id % 3 == 0).hasSize(33);
        assertThat(second).allMatch(id -> id % 3 == 1).hasSize(34);
    }

    // As after an overflow of the old table's sequence, or from a producer that numbers its records itself.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void everyIdIsOfExactlyOnePartition(int partitions) {
        DB.jdbc().sql("""
                insert into processing_queue (id, flow_name, payload)
                select id, 'f', '{}'
                from (select cast(base as bigint) + n as id
                      from unnest(array[0, 2147483648, -2147483648]) as base, generate_series(-10, 10) n
                      union all
                      select edge from unnest(array[9223372036854775807, 9223372036854775806, -9223372036854775808,
                                                    -9223372036854775807, -9223372036854775806]) as edge) ids
                """).update();

        for (int index = 0; index < partitions; index++) {
            int mine = index;
            assertThat(ids(claims.claim(request("a", 100, new Partition(index, partitions)))))
                    .allMatch(id -> Math.floorMod(id, partitions) == mine);
        }

        assertThat(DB.count("f", "pending")).isZero();
        assertThat(DB.count("f", "processing")).isEqualTo(68);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 100_000})
    void boundsAClaimByBytesButGivesAtLeastOneRecord(int payloadBytes) {
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select 'f', jsonb_build_object('x', repeat('y', :bytes)) from generate_series(1, 20)")
                .param("bytes", payloadBytes)
                .update();
        var request = new ClaimRequest(UUID.randomUUID(), "a", "f", 20, payloadBytes * 3L, null, Partition.ALL);

        Claim fitting = claims.claim(request);
        assertThat(fitting.records()).hasSizeBetween(3, 4);
        assertThat(booked(fitting)).isEqualTo(ids(fitting));
        var tiny = new ClaimRequest(UUID.randomUUID(), "a", "f", 20, 1, null, Partition.ALL);
        assertThat(claims.claim(tiny).records()).hasSize(1);
    }

    @Test
    void watermarkPassesOverWhatStandsBeforeItAndNoneReadsIt() {
        DB.insertPending("f", 5);
        DB.jdbc()
                .sql("update processing_queue set available_at = available_at - interval '1 hour' where id = 4")
                .update();
        // Added together, so that only their ids tell them apart.
        Position second = claims.claim(request("a", 3)).last();
        DB.jdbc()
                .sql("update processing_queue set status = 'pending', claimed_at = null, claim_id = null")
                .update();
        var bounded = new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1_000_000, second, Partition.ALL);

        assertThat(ids(claims.claim(bounded))).containsExactly(3L, 5L);
        assertThat(ids(claims.claim(request("a", 10)))).containsExactly(4L, 1L, 2L);
    }

    @Test
    void recordsThatWereAlwaysDueAreClaimedOneAfterTheOther() {
        DB.insertPending("f", 3);
        DB.jdbc().sql("update processing_queue set available_at = '-infinity'").update();

        Position reached = null;
        for (long id = 1; id <= 3; id++) {
            Claim claim = claims.claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 1, 1_000, reached, Partition.ALL));
            assertThat(ids(claim)).containsExactly(id);
            reached = claim.last();
        }
    }

    @Test
    void aTimeThatNobodyMeantIsAsLongAgoAsCanBeTold() {
        DB.insertPending("f", 2);
        DB.jdbc()
                .sql("update processing_queue set available_at = '0001-01-01', created_at = 'infinity' where id = 1")
                .update();

        ClaimedRecord record = claims.claim(request("a", 2)).records().getFirst();

        assertThat(record.availableAt()).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(record.createdAt()).isEqualTo(Instant.EPOCH);
        assertThat(record.waited().toNanos())
                .isGreaterThan(Duration.ofDays(292 * 365).toNanos());
    }

    // As the old system's table may have it.
    @Test
    void aMissingPayloadIsABadOne() {
        DB.jdbc()
                .sql("alter table processing_queue alter payload drop not null")
                .update();
        DB.insertPending("f", 2);
        DB.jdbc().sql("update processing_queue set payload = null where id = 1").update();

        assertThat(claims.claim(request("a", 2)).records())
                .extracting(ClaimedRecord::payload)
                .containsExactly("null", "{\"n\": 2}");

        DB.jdbc().sql("delete from processing_queue").update();
        DB.jdbc().sql("alter table processing_queue alter payload set not null").update();
    }

    @Test
    void suspectsAreClaimedAloneAndOnlyAsSuspects() {
        DB.insertPending("f", 3);
        DB.jdbc()
                .sql("update processing_queue set crash_count = case id when 3 then 1 else 2 end")
                .update();

        assertThat(ids(claims.claim(request("a", 10)))).containsExactly(3L);
        Claim suspect = claims.claimSuspect(UUID.randomUUID(), "a", "f", "f");
        assertThat(ids(suspect)).containsExactly(1L);
        assertThat(isolated()).isZero();
        assertThat(journal.runsAlone(suspect.id())).isTrue();
        assertThat(isolated()).isEqualTo(1);
    }

    @Test
    void thePauseOfTheFlowThatAFlowBelongsToHoldsForBothClaims() {
        DB.insertPending("f/run", 2);
        DB.jdbc()
                .sql("update processing_queue set crash_count = 2 where id = 1")
                .update();
        DB.jdbc()
                .sql("insert into flow_control (flow_name, paused_by) values ('f', 'ada')")
                .update();

        assertThat(claimBeside().isEmpty()).isTrue();
        assertThat(claims.claimSuspect(UUID.randomUUID(), "a", "f/run", "f").isEmpty())
                .isTrue();
        DB.jdbc().sql("update flow_control set flow_name = 'f/run'").update();
        assertThat(claimBeside().isEmpty()).isTrue();
        assertThat(claims.claimSuspect(UUID.randomUUID(), "a", "f/run", "f").isEmpty())
                .isTrue();
        DB.jdbc().sql("update flow_control set flow_name = 'f/end'").update();
        assertThat(ids(claimBeside())).containsExactly(2L);
        assertThat(ids(claims.claimSuspect(UUID.randomUUID(), "a", "f/run", "f")))
                .containsExactly(1L);
    }

    private Claim claimBeside() {
        return claims.claim(
                new ClaimRequest(UUID.randomUUID(), "a", "f/run", "f", 10, 16_000_000, null, Partition.ALL, false));
    }

    // It was under way when it was cancelled, and came back; whoever looks next makes a dead letter of it.
    @Test
    void whatIsCancelledStaysPendingAndKeepsNothingBehindItWaiting() {
        DB.insertPending("f", 3);
        cancel(1);

        assertThat(ids(claims.claim(request("a", 1)))).containsExactly(2L);
        assertThat(ids(claims.claim(request("b", 10)))).containsExactly(3L);
        assertThat(DB.status(1)).isEqualTo("pending");
    }

    @Test
    void aSuspectThatIsCancelledStaysPendingToo() {
        DB.insertPending("f", 2);
        DB.jdbc().sql("update processing_queue set crash_count = 2").update();
        cancel(1);

        assertThat(ids(claims.claimSuspect(UUID.randomUUID(), "a", "f", "f"))).containsExactly(2L);
        assertThat(claims.claimSuspect(UUID.randomUUID(), "b", "f", "f").isEmpty())
                .isTrue();
        assertThat(DB.status(1)).isEqualTo("pending");
    }

    @Test
    void writesDownWhatItClaimedAndForgetsIt() {
        DB.insertPending("f", 3);
        Claim claim = claims.claim(request("a", 2));

        assertThat(booked(claim)).containsExactly(1L, 2L);
        QueueParts.over(DB).completions().complete(claim.id(), ids(claim), Map.of());
        journal.forgetIfSettled(List.of(claim.id()));
        assertThat(DB.jdbc()
                        .sql("select count(*) from processing_claim")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void aClaimThatStillHoldsARecordIsNotForgotten() {
        DB.insertPending("f", 2);
        Claim claim = claims.claim(request("a", 2));
        DB.jdbc()
                .sql("update processing_queue set status = 'completed' where id = 1")
                .update();

        journal.forgetIfSettled(List.of(claim.id()));
        DB.expireLease("a");
        var orphans = QueueParts.over(DB).orphans();
        orphans.declareDead();

        // Without the claim's row nobody would ever find the second record.
        assertThat(orphans.recover(3)).hasSize(1);
        assertThat(DB.status(2)).isEqualTo("pending");
    }

    private static void cancel(long id) {
        DB.jdbc()
                .sql("insert into record_cancellation (record_id, asked_by) values (:id, 'ada')")
                .param("id", id)
                .update();
    }

    private static List<Long> booked(Claim claim) {
        return DB.jdbc()
                .sql("select unnest(record_ids) from processing_claim where claim_id = :id")
                .param("id", claim.id())
                .query(Long.class)
                .list();
    }

    private static List<Long> ids(Claim claim) {
        return claim.records().stream().map(ClaimedRecord::id).toList();
    }

    private static ClaimRequest request(String replica, int limit) {
        return request(replica, limit, Partition.ALL);
    }

    private static ClaimRequest request(String replica, int limit, Partition partition) {
        return new ClaimRequest(UUID.randomUUID(), replica, "f", limit, 16_000_000, null, partition);
    }

    private static int isolated() {
        return DB.jdbc()
                .sql("select count(*) from processing_claim where isolated")
                .query(Integer.class)
                .single();
    }
}
