package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettlementsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final Claims claims = QueueParts.over(DB).claims();
    private final Settlements settlements = QueueParts.over(DB).settlements();

    @BeforeEach
    void empty() {
        DB.jdbc()
                .sql("truncate processing_queue, processing_claim, worker_instance restart identity")
                .update();
        DB.insertReplica("a");
        DB.insertReplica("b");
    }

    @Test
    void completionKeepsResultsInThePayload() {
        Claim claim = claimed("a", 2);

        Set<Long> ours = settlements
                .complete(claim.id(), List.of(1L, 2L), Map.of(1L, "{\"grade\":\"complete\"}"))
                .ids();

        assertThat(ours).containsExactlyInAnyOrder(1L, 2L);
        assertThat(DB.status(1)).isEqualTo("completed");
        assertThat(DB.column(1, "payload::text", String.class))
                .isEqualTo("{\"n\": 1, \"result\": {\"grade\": \"complete\"}}");
        assertThat(DB.column(2, "payload::text", String.class)).isEqualTo("{\"n\": 2}");
        assertThat(DB.nullableColumn(1, "completed_at", OffsetDateTime.class)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void completionAnswersWithWhatWasStillTheClaims(boolean withResults) {
        Claim claim = claimed("a", 4);
        settlements.complete(claim.id(), List.of(1L), Map.of());
        DB.jdbc()
                .sql("update processing_queue set status = 'pending' where id = 3")
                .update();
        Map<Long, String> results = withResults ? Map.of(1L, "1", 2L, "2", 3L, "3", 4L, "4") : Map.of();

        assertThat(settlements
                        .complete(claim.id(), List.of(1L, 2L, 3L, 4L), results)
                        .ids())
                .containsExactlyInAnyOrder(2L, 4L);
    }

    @Test
    void failureIsDatedAndCountsAnAttempt() {
        Claim claim = claimed("a", 2);

        settlements.fail(
                claim.id(),
                "test.Handler",
                Map.of(
                        1L, new Failure("broken", FailureKind.ERROR, "abc", Duration.ofMinutes(5), Duration.ZERO),
                        2L, new Failure("no such survey", FailureKind.REJECTED, "def", null, Duration.ZERO)));

        assertThat(DB.status(1)).isEqualTo("failed");
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(1);
        assertThat(DB.column(1, "error_message", String.class)).isEqualTo("broken");
        assertThat(DB.column(1, "next_retry_at > now() + interval '4 minutes'", Boolean.class))
                .isTrue();
        assertThat(DB.column(2, "failure_kind", String.class)).isEqualTo("rejected");
        assertThat(DB.nullableColumn(2, "next_retry_at", OffsetDateTime.class)).isNull();
    }

    @Test
    void whatFailsByItselfIsASuspectNoLongerButWhatHangsIs() {
        Claim claim = claimed("a", 2);
        DB.jdbc().sql("update processing_queue set crash_count = 2").update();

        settlements.fail(
                claim.id(),
                "test.Handler",
                Map.of(
                        1L, new Failure("broken", FailureKind.ERROR, "abc", Duration.ofMinutes(5), Duration.ZERO),
                        2L,
                                new Failure(
                                        "took too long",
                                        FailureKind.TIMEOUT,
                                        "def",
                                        Duration.ofMinutes(5),
                                        Duration.ZERO)));

        assertThat(DB.column(1, "crash_count", Integer.class)).isZero();
        assertThat(DB.column(2, "crash_count", Integer.class)).isEqualTo(2);
    }

    @Test
    void releaseGivesTheAttemptBack() {
        Claim claim = claimed("a", 1);

        assertThat(settlements.release(claim.id(), List.of(1L))).containsExactly(1L);

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(DB.column(1, "retry_count", Integer.class)).isZero();
        assertThat(claimedAgain("b").records()).extracting(ClaimedRecord::id).containsExactly(1L);
    }

    static Stream<Function<Settlements, Function<UUID, Set<Long>>>> settling() {
        return Stream.of(
                it -> claim -> it.complete(claim, List.of(1L), Map.of()).ids(),
                it -> claim -> it.fail(
                        claim,
                        "test.Handler",
                        Map.of(1L, new Failure("x", FailureKind.ERROR, null, null, Duration.ZERO))),
                it -> claim -> it.release(claim, List.of(1L)),
                it -> claim -> it.postpone(claim, List.of(1L), Duration.ofSeconds(1)),
                it -> claim -> it.suspect(claim, List.of(1L)),
                it -> it::releaseWhole);
    }

    @ParameterizedTest
    @MethodSource("settling")
    void nothingSettlesARecordThatAnotherReplicaHolds(Function<Settlements, Function<UUID, Set<Long>>> statement) {
        Claim stale = claimed("a", 1);
        DB.jdbc().sql("update processing_queue set status = 'pending'").update();
        Claim current = claimedAgain("b");
        String before = DB.column(1, "processing_queue::text", String.class);

        assertThat(statement.apply(settlements).apply(stale.id())).isEmpty();

        assertThat(DB.column(1, "processing_queue::text", String.class)).isEqualTo(before);
        assertThat(settlements.complete(current.id(), List.of(1L), Map.of()).ids())
                .containsExactly(1L);
    }

    @ParameterizedTest
    @MethodSource("settling")
    void nothingSettlesARecordThatIsNoLongerProcessing(Function<Settlements, Function<UUID, Set<Long>>> statement) {
        Claim claim = claimed("a", 1);
        settlements.complete(claim.id(), List.of(1L), Map.of());
        String before = DB.column(1, "processing_queue::text", String.class);

        assertThat(statement.apply(settlements).apply(claim.id())).isEmpty();

        assertThat(DB.column(1, "processing_queue::text", String.class)).isEqualTo(before);
    }

    @Test
    void aPythonWorkersClaimShutsTheStaleClaimOut() {
        Claim stale = claimed("a", 1);
        DB.jdbc()
                .sql("update processing_queue set status = 'pending', claimed_at = null, flow_instance_id = null")
                .update();
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', claimed_at = now(), flow_instance_id = 'py'")
                .update();

        assertThat(settlements.complete(stale.id(), List.of(1L), Map.of()).ids())
                .isEmpty();
        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
    }

    @Test
    void findsOutWhatAnUnansweredCommitDid() {
        Claim claim = claimed("a", 3);
        settlements.complete(claim.id(), List.of(1L), Map.of());
        DB.jdbc()
                .sql("update processing_queue set status = 'pending' where id = 3")
                .update();

        Settlements.Found found = settlements.find(claim.id(), List.of(1L, 2L, 3L));

        assertThat(found.completed()).containsExactly(1L);
        assertThat(found.stillClaimed()).containsExactly(2L);
    }

    @Test
    void completionTouchesNoIndex() {
        DB.jdbc().sql("vacuum full processing_queue").update();
        Claim claim = claimed("a", 20);

        assertThat(hotUpdatesOfCompleting(claim)).isEqualTo(20);
    }

    // Other replicas' claims, and whatever reads for long, keep old versions from being removed. A pod's name is in
    // every
    // row that is claimed.
    @Test
    void completionsFindRoomOnTheirPageBesideAnOldSnapshot() throws SQLException {
        String replica = DB.insertReplica("rpa-worker-5d8c7b9f4a-x2x9z-" + UUID.randomUUID());
        DB.insertPending("f", 1_000);
        DB.jdbc().sql("""
                update processing_queue
                set payload = jsonb_build_object('id', id, 'flow', 'orders', 'customer', 'c-' || id, 'amount', id + 0.5,
                    'note', 'a small payload of text')
                """).update();
        DB.jdbc().sql("vacuum full processing_queue").update();
        try (Connection reader = DB.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            reader.createStatement().execute("select 1");
            Claim claim = claimedAgain(replica);

            assertThat(hotUpdatesOfCompleting(claim)).isGreaterThan(700);
        }
    }

    // A transaction's own count; that of all of them is brought up to date some time later.
    private static int hotUpdatesOfCompleting(Claim claim) {
        QueueParts queue = QueueParts.over(DB);
        List<Long> ids = claim.records().stream().map(ClaimedRecord::id).toList();
        return Objects.requireNonNull(queue.transaction().execute(status -> {
            queue.settlements().complete(claim.id(), ids, Map.of());
            return DB.workerJdbc()
                    .sql("select pg_stat_get_xact_tuples_hot_updated('processing_queue'::regclass)")
                    .query(Integer.class)
                    .single();
        }));
    }

    private Claim claimed(String replica, int count) {
        DB.insertPending("f", count);
        return claimedAgain(replica);
    }

    private Claim claimedAgain(String replica) {
        return claims.claim(new ClaimRequest(UUID.randomUUID(), replica, "f", 1_000, 16_000_000, null, Partition.ALL));
    }
}
