package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Producers and Python workers of the old system, which know nothing of claims, on the migrated table. */
class PythonWorkerTests {

    private static final String NIL = "00000000-0000-0000-0000-000000000000";

    private static final RpaDb DB = Postgres.migrated();

    private final OldQueue python = new OldQueue(DB);

    @BeforeEach
    void empty() {
        DB.jdbc()
                .sql("truncate processing_queue, processing_claim, worker_instance restart identity")
                .update();
        DB.insertReplica("a");
    }

    // The invariant of DESIGN.md, whoever wrote last.
    @AfterEach
    void everyRowHasItsShape() {
        assertThat(DB.jdbc().sql("""
                                select count(*) from processing_queue
                                where (status = 'pending') <> (claimed_at is null)
                                   or (status = 'pending' and (claim_id is not null or flow_instance_id is not null))
                                   or (status = 'failed') <> (failed_at is not null)
                                   or (status in ('completed', 'failed') and claim_id is null)
                                   or (status <> 'failed' and (next_retry_at is not null or failure_kind is not null))
                                """).query(Integer.class).single()).isZero();
    }

    @Test
    void anOldProducersRecordIsClaimableAtOnce() {
        python.produce("f", 1);

        assertThat(claimed().records()).hasSize(1);
        assertThat(DB.column(1, "available_at = created_at and updated_at >= created_at", Boolean.class))
                .isTrue();
    }

    @Test
    void claimsAndCompletesWithoutAClaimId() {
        python.produce("f", 1);

        assertThat(python.claim("f", "py-1", 10)).containsExactly(1L);

        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
        assertThat(claimed().isEmpty()).isTrue();
        python.complete(1);
        assertThat(DB.column(1, "claim_id::text", String.class)).isEqualTo(NIL);
        assertThat(DB.column(1, "payload ->> 'result'", String.class)).isEqualTo("{\"ok\": true}");
    }

    @Test
    void itsFailuresAreDeadLettersUntilItResetsThem() {
        python.produce("f", 1);
        python.claim("f", "py-1", 10);
        python.fail(1, "boom");

        assertThat(DB.column(1, "failure_kind || retry_count || error_message", String.class))
                .isEqualTo("unknown1boom");
        assertThat(python.resetFailed("f", 3)).isEqualTo(1);

        assertThat(claimed().records().getFirst().retryCount()).isEqualTo(1);
    }

    @Test
    void resettingByStatusAloneIsEnough() {
        python.produce("f", 1);
        claimed();
        DB.jdbc().sql("update processing_queue set status = 'pending'").update();

        assertThat(python.claim("f", "py-1", 10)).containsExactly(1L);

        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
    }

    @Test
    void takingAFinishedRecordUpAgainShutsTheOldClaimOut() {
        python.produce("f", 1);
        claimed();
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', error_message = 'x'")
                .update();
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', flow_instance_id = 'py-1', claimed_at = now()")
                .update();

        assertThat(DB.nullableColumn(1, "claim_id", UUID.class)).isNull();
        assertThat(DB.nullableColumn(1, "failed_at::text", String.class)).isNull();
    }

    @Test
    void itsCleanupOfOldClaimsFreesOursToo() {
        python.produce("f", 2);
        python.produce("f", 3);
        claimed();
        DB.jdbc()
                .sql("update processing_queue set claimed_at = now() - interval '2 hours' where id = 1")
                .update();

        assertThat(python.cleanupOrphans("1 hour")).isEqualTo(1);

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(DB.status(2)).isEqualTo("processing");
    }

    @Test
    void updatedAtIsKeptForThoseWhoDoNotSetIt() {
        python.produce("f", 1);
        DB.jdbc()
                .sql("update processing_queue set updated_at = now() - interval '1 day'")
                .update();

        DB.jdbc().sql("update processing_queue set error_message = 'x'").update();

        assertThat(DB.column(1, "updated_at > now() - interval '1 minute'", Boolean.class))
                .isTrue();
    }

    @Test
    void insertsInAnyStatusGetTheirShape() {
        for (String status : new String[] {"pending", "processing", "completed", "failed"}) {
            DB.jdbc()
                    .sql("insert into processing_queue (flow_name, payload, status, claimed_at)"
                            + " values ('f', '{}', :status, case when :status = 'pending' then now() end)")
                    .param("status", status)
                    .update();
        }

        assertThat(DB.count("f", "failed")).isEqualTo(1);
    }

    private Claim claimed() {
        return new Claims(DB.jdbc())
                .claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1_000_000, null, Partition.ALL));
    }
}
