package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final Claims claims = QueueParts.over(DB).part(Claims.class);
    private final Completions completions = QueueParts.over(DB).completions();

    @BeforeEach
    void empty() {
        DB.emptyQueue("a", "b");
    }

    @Test
    void completionKeepsResultsInThePayload() {
        Claim claim = claimed("a", 2);

        Set<Long> ours = completions
                .complete(claim.id(), List.of(1L, 2L), Map.of(1L, "{\"grade\":\"complete\"}"))
                .ids();

        assertThat(ours).containsExactlyInAnyOrder(1L, 2L);
        assertThat(DB.status(1)).isEqualTo("completed");
        assertThat(payload(1)).isEqualTo("{\"n\": 1, \"result\": {\"grade\": \"complete\"}}");
        assertThat(payload(2)).isEqualTo("{\"n\": 2}");
        assertThat(DB.nullableColumn(1, "completed_at", OffsetDateTime.class)).isNotNull();
    }

    // What is equal to it, 1.00 to 1.0, would show if it were written.
    @Test
    void aResultThatIsStoredAlreadyIsNotWrittenAgain() {
        Claim claim = claimed("a", 3);
        DB.jdbc()
                .sql("update processing_queue set payload = payload || '{\"result\": {\"a\": 1.0}}'")
                .update();

        completions.completeAll(
                claim.id(), List.of(1L, 2L, 3L), Map.of(1L, "{\"a\": 1.00}", 2L, "{\"a\": 2.00}", 3L, "null"));

        assertThat(payload(1)).isEqualTo("{\"n\": 1, \"result\": {\"a\": 1.0}}");
        assertThat(payload(2)).isEqualTo("{\"n\": 2, \"result\": {\"a\": 2.00}}");
        assertThat(payload(3)).isEqualTo("{\"n\": 3, \"result\": null}");
    }

    // As || has it: what is no object becomes an array, and nothing of it is lost.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1]              | [1, {\"result\": 7}]",
                "\"result\"       | [\"result\", {\"result\": 7}]",
                "null             | [null, {\"result\": 7}]",
                "[\"result\", 7]  | [\"result\", 7, {\"result\": 7}]"
            })
    void aPayloadThatIsNoObjectKeepsWhatItHolds(String stored, String then) {
        Claim claim = claimed("a", 1);
        DB.jdbc()
                .sql("update processing_queue set payload = cast(? as jsonb)")
                .param(stored)
                .update();

        completions.complete(claim.id(), List.of(1L), Map.of(1L, "7"));

        assertThat(payload(1)).isEqualTo(then);
    }

    private static String payload(long id) {
        return DB.column(id, "payload::text", String.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void completionAnswersWithWhatWasStillTheClaims(boolean withResults) {
        Claim claim = claimed("a", 4);
        completions.complete(claim.id(), List.of(1L), Map.of());
        DB.jdbc()
                .sql("update processing_queue set status = 'pending' where id = 3")
                .update();
        Map<Long, String> results = withResults ? Map.of(1L, "1", 2L, "2", 3L, "3", 4L, "4") : Map.of();

        assertThat(completions
                        .complete(claim.id(), List.of(1L, 2L, 3L, 4L), results)
                        .ids())
                .containsExactlyInAnyOrder(2L, 4L);
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

        assertThat(completions.complete(stale.id(), List.of(1L), Map.of()).ids())
                .isEmpty();
        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
    }

    @Test
    void findsOutWhatAnUnansweredCommitDid() {
        Claim claim = claimed("a", 3);
        completions.complete(claim.id(), List.of(1L), Map.of());
        DB.jdbc()
                .sql("update processing_queue set status = 'pending' where id = 3")
                .update();

        Completions.Found found = completions.find(claim.id(), List.of(1L, 2L, 3L));

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

    // A session's own count, which may still hold what it did before; that of all is brought up to date some time
    // later.
    private static int hotUpdatesOfCompleting(Claim claim) {
        QueueParts queue = QueueParts.over(DB);
        List<Long> ids = claim.records().stream().map(ClaimedRecord::id).toList();
        return Objects.requireNonNull(queue.transaction().execute(status -> {
            int before = hotUpdates();
            queue.completions().complete(claim.id(), ids, Map.of());
            return hotUpdates() - before;
        }));
    }

    private static int hotUpdates() {
        return DB.workerJdbc()
                .sql("select pg_stat_get_xact_tuples_hot_updated('processing_queue'::regclass)")
                .query(Integer.class)
                .single();
    }

    private Claim claimed(String replica, int count) {
        DB.insertPending("f", count);
        return claimedAgain(replica);
    }

    private Claim claimedAgain(String replica) {
        return claims.claim(new ClaimRequest(UUID.randomUUID(), replica, "f", 1_000, 16_000_000, null, Partition.ALL));
    }
}
