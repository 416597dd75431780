package io.rpaworker.queue.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.flow.Partition;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.OldQueue;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

/** Producers and Python workers of the old system, which know nothing of claims, on the migrated table. */
class PythonWorkerTests {

    private static final String NIL = "00000000-0000-0000-0000-000000000000";

    private static final RpaDb DB = Postgres.migrated();

    private final OldQueue python = new OldQueue(DB);

    @BeforeEach
    void empty() {
        DB.emptyQueue("a");
    }

    // The invariant of DESIGN.md, whoever wrote last.
    @AfterEach
    void everyRowHasItsShape() {
        assertThat(DB.jdbc().sql("""
                                select count(*) from processing_queue
                                where (status = 'pending') <> (claimed_at is null)
                                   or (status = 'pending' and num_nonnulls(claim_id, flow_instance_id, completed_at) > 0)
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
        DB.jdbc().sql("update processing_queue set updated_at = '2020-01-01'").update();
        assertThat(DB.column(1, "updated_at = '2020-01-01'", Boolean.class)).isTrue();
    }

    @Test
    void anUpdatedAtThatIsRoundedIsNotMendedForEver() {
        RpaDb rounding = Postgres.migrated();
        rounding.jdbc().sql("""
                        do $$
                        declare
                            mending text := (
                                select pg_get_triggerdef(oid) from pg_trigger where tgname = 'mend_after_update');
                        begin
                            drop trigger mend_after_update on processing_queue;
                            alter table processing_queue alter column updated_at type timestamptz(0);
                            execute mending;
                        end $$
                        """).update();
        rounding.insertPending("f", 1);
        rounding.jdbc()
                .sql("update processing_queue set updated_at = now() - interval '1 day'")
                .update();

        rounding.jdbc().sql("update processing_queue set status = 'failed'").update();
        rounding.jdbc().sql("update processing_queue set error_message = 'x'").update();

        assertThat(rounding.column(1, "updated_at > now() - interval '1 minute'", Boolean.class))
                .isTrue();
    }

    @Test
    void whatCannotBeMendedIsRefused() {
        RpaDb refusing = Postgres.migrated();
        refusing.insertPending("f", 1);
        refusing.jdbc().sql("""
                        create function keep() returns trigger language plpgsql as $$ begin return null; end $$;
                        create trigger keep before update on processing_queue
                            for each row when (pg_trigger_depth() > 0) execute function keep();
                        """).update();

        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> refusing.jdbc()
                        .sql("update processing_queue set status = 'completed'")
                        .update())
                .withMessageContaining("record 1 cannot be mended");
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

    @ParameterizedTest
    @ValueSource(strings = {"pending", "processing", "completed", "failed"})
    void anyStatusGetsItsShapeFromAnyOther(String before) {
        for (String after : new String[] {"pending", "processing", "completed", "failed"}) {
            python.produce("f", 1);
            DB.jdbc()
                    .sql(
                            "update processing_queue set status = :status where id = (select max(id) from processing_queue)")
                    .param("status", before)
                    .update();
            DB.jdbc()
                    .sql("set rpa.reopen = on; update processing_queue set status = :status, updated_at = now()"
                            + " where id = (select max(id) from processing_queue)")
                    .param("status", after)
                    .update();
        }

        assertThat(DB.count("f", "failed")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "claimed_at, now()",
        "claim_id, gen_random_uuid()",
        "flow_instance_id, current_user",
        "completed_at, now()",
        "failed_at, now()",
        "next_retry_at, now()"
    })
    void nothingOfAnotherStatusIsLeftToAPendingRecord(String column, String value) {
        python.produce("f", 1);

        DB.jdbc()
                .sql("update processing_queue set updated_at = now(), %s = %s".formatted(column, value))
                .update();
        DB.jdbc()
                .sql("insert into processing_queue (flow_name, payload, %s) values ('f', '{}', %s)"
                        .formatted(column, value))
                .update();

        assertThat(DB.jdbc()
                        .sql("select count(*) from processing_queue where %s is not null".formatted(column))
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(claimed().records()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"processing, failed_at", "processing, next_retry_at", "completed, failed_at", "completed, next_retry_at"
    })
    void onlyAFailureHasTheTimesOfOne(String status, String column) {
        python.produce("f", 1);
        DB.jdbc()
                .sql("update processing_queue set status = :status")
                .param("status", status)
                .update();

        DB.jdbc()
                .sql("update processing_queue set updated_at = now(), " + column + " = now()")
                .update();

        assertThat(DB.nullableColumn(1, column + "::text", String.class)).isNull();
    }

    @Test
    void manyAreMendedByOneStatement() {
        DB.insertPending("f", 1000);

        assertThat(DB.jdbc()
                        .sql("update processing_queue set status = 'completed', completed_at = now()")
                        .update())
                .isEqualTo(1000);

        assertThat(DB.jdbc()
                        .sql(
                                "select count(*) from processing_queue where claim_id::text = :nil and claimed_at is not null")
                        .param("nil", NIL)
                        .query(Integer.class)
                        .single())
                .isEqualTo(1000);
    }

    private Claim claimed() {
        return QueueParts.over(DB)
                .claim(new ClaimRequest(UUID.randomUUID(), "a", "f", 10, 1_000_000, null, Partition.ALL));
    }
}
