package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim.ClaimedRecord;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An rpa_db that has the old system's table is adopted, and the old system goes on working with it. */
class AdoptionTests {

    private static final String NIL = "00000000-0000-0000-0000-000000000000";

    private final RpaDb db = Postgres.empty();
    private final OldQueue old = OldQueue.in(db);

    @BeforeEach
    void adopt() {
        old.insertRowsOfEveryKind();
        Postgres.migrate(db.url());
        WorkerRole.setUp(db);
    }

    @Test
    void losesNoRecordAndChangesNoMeaning() {
        assertThat(row(1)).isEqualTo("pending|||0|2026-01-01 10:00:00+00|2026-01-01 10:00:00+00");
        assertThat(row(2)).isEqualTo("pending|||1|2026-01-01 08:00:00+00|2026-01-01 09:00:00+00");
        assertThat(row(4))
                .isEqualTo("processing|py-1|2026-01-01 11:00:00+00|0|2026-01-01 07:00:00+00|2026-01-01 11:00:00+00");
        assertThat(row(5))
                .isEqualTo("completed|py-1|2026-01-01 06:10:00+00|2|2026-01-01 06:00:00+00|2026-01-01 06:20:00+00");
        assertThat(row(6))
                .isEqualTo("failed|py-2|2026-01-01 05:10:00+00|3|2026-01-01 05:00:00+00|2026-01-01 05:30:00+00");
        assertThat(db.column(5, "completed_at at time zone 'UTC'", String.class))
                .isEqualTo("2026-01-01 06:20:00");
        assertThat(db.column(5, "payload::text", String.class)).isEqualTo("{\"n\": 5, \"result\": {\"ok\": true}}");
        assertThat(db.column(6, "error_message", String.class)).isEqualTo("boom");
        assertThat(db.jdbc()
                        .sql("select id from processing_queue where (payload ->> 'n')::bigint = id order by id")
                        .query(Long.class)
                        .list())
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void fillsInWhatTheOldTableAllowedToBeNull() {
        assertThat(db.column(7, "status || retry_count", String.class)).isEqualTo("pending0");
        assertThat(db.column(8, "status || retry_count", String.class)).isEqualTo("completed0");
        assertThat(db.column(8, "claimed_at is not null and created_at is not null", Boolean.class))
                .isTrue();
        // Reset by hand, with what its claim left: it waits like any other.
        assertThat(db.nullableColumn(9, "claimed_at::text", String.class)).isNull();
        // Without a time of claim its last change stands for it.
        assertThat(db.column(10, "claimed_at = timestamptz '2026-01-01 02:10:00+00'", Boolean.class))
                .isTrue();
    }

    @Test
    void waitingRecordsAreClaimedInTheOldOrder() {
        db.insertReplica("a");
        Claim claim = QueueParts.over(db)
                .claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1_000_000, null, Partition.ALL));

        assertThat(claim.records()).extracting(ClaimedRecord::id).containsExactly(2L, 3L, 1L);
        QueueParts.over(db).completions().complete(claim.id(), List.of(1L, 2L, 3L), Map.of());
        assertThat(db.count("f", "completed")).isEqualTo(4);
    }

    @Test
    void aPythonWorkersClaimStaysItsOwnUntilItIsTooOld() {
        assertThat(db.nullableColumn(4, "claim_id", UUID.class)).isNull();

        old.complete(4);

        assertThat(db.column(4, "status || (completed_at is not null) || claim_id", String.class))
                .isEqualTo("completedtrue" + NIL);
        assertThat(QueueParts.over(db)
                        .unfencedOrphans()
                        .recover("g", Duration.ofHours(1), 3)
                        .records())
                .isEqualTo(1);
        assertThat(db.column(10, "status || retry_count", String.class)).isEqualTo("pending1");
    }

    @Test
    void aFailedRecordIsADeadLetter() {
        assertThat(db.column(6, "failed_at = timestamptz '2026-01-01 05:30:00+00'", Boolean.class))
                .isTrue();
        assertThat(db.column(6, "failure_kind || ' ' || claim_id", String.class))
                .isEqualTo("unknown " + NIL);
        assertThat(db.nullableColumn(6, "next_retry_at::text", String.class)).isNull();
        assertThat(new Operator(QueueParts.over(db)).reset("f", 10)).isEqualTo(1);
    }

    @Test
    void oursReplaceTheOldIndexesAndTriggers() {
        assertThat(names("select indexrelid::regclass::text from pg_index"
                        + " where indrelid = 'processing_queue'::regclass and not indisprimary"))
                .allMatch(name -> name.startsWith("processing_queue_"))
                .contains("processing_queue_waiting", "processing_queue_key", "processing_queue_unfenced");
        assertThat(names("select tgname from pg_trigger where tgrelid = 'processing_queue'::regclass"))
                .doesNotContain("pq_updated")
                .contains("keep_shape_on_insert", "mend_after_update");
    }

    @Test
    void countsAgreeWithTheTable() {
        assertThat(QueueParts.over(db).counts().byFlow())
                .containsEntry("f", new StatusCounts(3, 1, 1, 1))
                .containsEntry("g", new StatusCounts(2, 1, 1, 0));
    }

    private String row(long id) {
        return db.jdbc().sql("""
                        select concat_ws('|', status, coalesce(flow_instance_id, ''),
                            coalesce((claimed_at at time zone 'UTC') || '+00', ''), retry_count,
                            (created_at at time zone 'UTC') || '+00', (updated_at at time zone 'UTC') || '+00')
                        from processing_queue where id = :id
                        """).param("id", id).query(String.class).single();
    }

    private List<String> names(String sql) {
        return db.jdbc().sql(sql).query(String.class).list();
    }
}
