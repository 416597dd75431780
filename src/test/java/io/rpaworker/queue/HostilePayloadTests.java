package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Limits;
import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads that are small in the table and huge as text, or none at all. */
class HostilePayloadTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Limits LIMITS = new Limits(null, 1_000);

    private final Claims claims = QueueParts.over(DB).part(Claims.class);
    private final LimitedClaims limited = QueueParts.over(DB).limitedClaims();

    @BeforeEach
    void empty() {
        DB.emptyQueue("a");
    }

    // 393 MB of text, more than 1 GB, digits behind the point, and a text of which each byte is six.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jsonb_build_object('bomb', (select jsonb_agg('1e131071'::jsonb) from generate_series(1, 3000)))",
                "jsonb_build_object('bomb', (select jsonb_agg('1e131071'::jsonb) from generate_series(1, 9000)))",
                "(select jsonb_object_agg(n, round(1::numeric, 16000)) from generate_series(1, 8000) n)",
                "jsonb_build_array(jsonb_build_array(repeat(chr(1), 15000000)))"
            })
    void aBombHasAFlawAndItsNeighboursArePassedOn(String bomb) {
        DB.insertPending("f", 5);
        insert(bomb, "false");
        DB.insertPending("f", 5);

        assertOneFlaw(claims.claim(request(100, 16_000_000)), 6, "");
        DB.jdbc()
                .sql("update processing_queue set status = 'pending', claimed_at = null, claim_id = null")
                .update();
        assertOneFlaw(limited.claim(request(100, 16_000_000), LIMITS), 6, "");
        assertThat(claims.claim(request(100, 16_000_000)).records()).isEmpty();
    }

    @Test
    void aPayloadThatIsLargerThanAllowedIsNotFetched() {
        insert("jsonb_build_object('n', 1, 'text', repeat('x', 1000000))", "false");
        DB.insertPending("f", 1);
        var small = QueueParts.over(DB.workerDataSource(), new PayloadLimit(1_000_000))
                .part(Claims.class);

        assertOneFlaw(small.claim(request(100, 16_000_000)), 1, "max-payload-bytes (1000000)");

        DB.jdbc()
                .sql("update processing_queue set status = 'pending', claimed_at = null, claim_id = null")
                .update();
        assertThat(claims.claim(request(100, 16_000_000)).records()).noneMatch(it -> it.flaw() != null);
    }

    // 16 MB each as text, and 1,500 bytes in the row; a claim of all would be 3 GB.
    @ParameterizedTest
    @CsvSource({"false, 100000000, 7", "true, 100000000, 7", "false, 1, 1"})
    void whatDoesNotFitIsPendingAgain(boolean withLimit, long maxBytes, int fitting) {
        for (int i = 0; i < 50; i++) {
            insert("(select jsonb_object_agg(md5(n::text), '1e131071'::jsonb) from generate_series(1, 125) n)", "true");
        }
        assertThat(DB.column(
                        1, "pg_column_compression(payload) is null and pg_column_size(payload) < 9000", Boolean.class))
                .isTrue();

        Claim claim = withLimit ? limited.claim(request(50, maxBytes), LIMITS) : claims.claim(request(50, maxBytes));

        assertThat(claim.records())
                .extracting(ClaimedRecord::id)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, fitting).boxed().toList());
        assertThat(claim.records()).noneMatch(it -> it.flaw() != null);
        assertThat(DB.count("f", "processing")).isEqualTo(fitting);
        assertThat(DB.count("f", "pending")).isEqualTo(50 - fitting);
        assertThat(DB.jdbc()
                        .sql("select unnest(record_ids) from processing_claim")
                        .query(Long.class)
                        .list())
                .isEqualTo(claim.records().stream().map(ClaimedRecord::id).toList());
    }

    @Test
    void whatIsLargeIsReadAfterTheClaimIsCommitted() {
        insert("jsonb_build_object('text', repeat('x', 1000000))", "false");
        Claim unread = claims.claimUnread(request(1, 16_000_000));

        assertThat(unread.records().getFirst().isRead()).isFalse();
        assertThat(claims.read(unread, request(1, 16_000_000))
                        .records()
                        .getFirst()
                        .payload())
                .hasSizeGreaterThan(1_000_000);
    }

    @Test
    void aClaimWithCareBringsWhatEveryClaimBrings() {
        DB.insertPending("f", 3);
        DB.jdbc().sql("update processing_queue set record_key = 'k' || id").update();

        Claim claim = claims.claim(careful(3));

        assertThat(claim.records()).extracting(ClaimedRecord::key).containsExactly("k1", "k2", "k3");
        assertThat(claim.records())
                .extracting(ClaimedRecord::payload)
                .containsExactly("{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}");
        assertThat(claim.records()).noneMatch(it -> it.flaw() != null);
    }

    @Test
    void numbersThatAreMerelyLargeAreNoFlaw() {
        insert("'{\"a\": [1e400, -1e3000, 1e-300, 0.1, 1e131071]}'", "false");

        Claim claim = claims.claim(careful(1));

        assertThat(claim.records().getFirst().flaw()).isNull();
        assertThat(claim.records().getFirst().payload()).hasSizeGreaterThan(131_071);
    }

    @Test
    void aSuspectIsReadByItself() {
        insert(
                "jsonb_build_object('bomb', (select jsonb_agg('1e131071'::jsonb) from generate_series(1, 9000)))",
                "false");
        DB.jdbc().sql("update processing_queue set crash_count = 2").update();

        Claim suspect = claims.claimSuspect(UUID.randomUUID(), "a", "f", "f");
        assertThat(suspect.records().getFirst().isRead()).isFalse();

        assertThat(claims.readSuspect(suspect).records().getFirst().flaw()).contains("max-payload-bytes");
    }

    private static void assertOneFlaw(Claim claim, long id, String reason) {
        assertThat(claim.records())
                .filteredOn(it -> it.flaw() != null)
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.id()).isEqualTo(id);
                    assertThat(it.flaw()).contains("payload").contains(reason);
                    assertThat(it.payload()).isEqualTo("null");
                });
        assertThat(claim.records()).extracting(ClaimedRecord::id).contains(id - 1 > 0 ? id - 1 : id + 1, id);
    }

    private static void insert(String payload, String external) {
        DB.jdbc()
                .sql("alter table processing_queue alter payload set storage "
                        + (external.equals("true") ? "external" : "extended"))
                .update();
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload) values ('f', " + payload + ")")
                .update();
    }

    private static ClaimRequest request(int limit, long maxBytes) {
        return new ClaimRequest(UUID.randomUUID(), "a", "f", limit, maxBytes, null, Partition.ALL);
    }

    private static ClaimRequest careful(int limit) {
        return new ClaimRequest(UUID.randomUUID(), "a", "f", "f", limit, 16_000_000, null, Partition.ALL, true);
    }
}
