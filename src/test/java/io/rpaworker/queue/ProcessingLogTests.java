package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.queue.retention.Retention;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of attempts that fail. */
class ProcessingLogTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final String HANDLER = "acme.InvoiceHandler";
    private static final Duration HOUR = Duration.ofHours(1);

    private Fleet fleet = new Fleet(DB);

    @BeforeEach
    void empty() {
        fleet = new Fleet(DB);
        DB.execute("truncate processing_log restart identity");
    }

    @Test
    void keepsEachAttemptThatFailed() {
        DB.insertPending("f", 1);
        DB.execute("update processing_queue set record_key = 'invoice 1'");

        fails(failure("first", HOUR));
        DB.execute("update processing_queue set next_retry_at = now()");
        fleet.queue().retries().promote(List.of("f"));
        fails(failure("second", null));

        assertThat(
                        rows(
                                "flow_name, record_id, record_key, attempt, outcome, kind, fingerprint, error, handler, instance"))
                .containsExactly(
                        "f|1|invoice 1|1|retried|error|print|first|acme.InvoiceHandler|a",
                        "f|1|invoice 1|2|dead_letter|error|print|second|acme.InvoiceHandler|a");
        assertThat(rows("finished_at - started_at")).containsExactly("00:00:02.5", "00:00:02.5");
        assertThat(rows("finished_at between now() - interval '1 minute' and now()"))
                .containsOnly("t");
    }

    @Test
    void keepsWhatReallyFailedAndNothingElse() {
        DB.insertPending("f", 4);
        Claim claim = fleet.claimed("a", 4);
        fleet.queue().releases().release(claim.id(), List.of(2L));
        fleet.queue().completions().complete(claim.id(), List.of(3L), Map.of());
        Failure failure = failure("x", null);

        fleet.queue().failures().fail(claim.id(), HANDLER, Map.of(1L, failure, 2L, failure, 3L, failure, 99L, failure));
        fleet.queue().failures().fail(UUID.randomUUID(), HANDLER, Map.of(4L, failure));

        assertThat(rows("record_id")).containsExactly("1");
    }

    @Test
    void noRecordFailsWithoutItsAttempt() {
        DB.insertPending("f", 1);
        Claim claim = fleet.claimed("a", 1);
        DB.execute("alter table processing_log add constraint never check (error <> 'x') not valid");
        try {
            assertThatThrownBy(() -> fleet.queue().failures().fail(claim.id(), HANDLER, Map.of(1L, failure("x", null))))
                    .hasMessageContaining("never");
        } finally {
            DB.execute("alter table processing_log drop constraint never");
        }

        assertThat(DB.status(1)).isEqualTo("processing");
    }

    @Test
    void poisonIsAnAttemptOfWhoDied() {
        DB.insertPending("f", 2);
        fleet.setCrashCount(1, 3);
        fleet.claimedAlone("a");
        fleet.claimed("a", 1);
        fleet.kill("a");

        fleet.sweep();

        // The other one runs again with its attempt.
        assertThat(rows("record_id, attempt, outcome, kind, error, handler, instance"))
                .containsExactly("1|1|dead_letter|poison|Was under way each of the 4 times that a process died||a");
        assertThat(rows("started_at is not null and fingerprint is not null")).containsOnly("t");
    }

    @Test
    void whatAPythonWorkerLeavesHasUsedAnAttempt() {
        DB.insertPending("f", 1);
        String instance = "py-" + "x".repeat(97);
        for (int times = 1; times <= 3; times++) {
            DB.jdbc().sql("""
                            update processing_queue
                            set status = 'processing', claimed_at = now() - interval '2 hours', flow_instance_id = :instance
                            """).param("instance", instance).update();
            fleet.queue().unfencedOrphans().recover("f", HOUR, 3);
        }

        String left = "Was claimed by a worker without a lease that did not settle it|" + instance + "|f|t";
        assertThat(rows("attempt, outcome, kind, error, instance, flow_name, started_at < now() - interval '1 hour'"))
                .containsExactly(
                        "1|retried|unknown|" + left,
                        "2|retried|unknown|" + left,
                        "3|dead_letter|poison|Was claimed 3 times by workers without a lease that did not settle it|"
                                + instance + "|f|t");
    }

    @Test
    void aRecordOfARunIsKnownByItsKeyInThat() {
        DB.insertPending("f", 3);
        DB.execute("update processing_queue set run_id = 7, run_key = 'item-' || id");
        DB.execute("update processing_queue set status = 'processing', flow_instance_id = 'py',"
                + " claimed_at = now() - id * interval '1 hour', crash_count = id - 1 where id > 1");
        fails(failure("x", null));
        fleet.queue().unfencedOrphans().recover("f", HOUR, 3);
        fleet.setCrashCount(2, 3);
        fleet.claimedAlone("a");
        fleet.kill("a");
        fleet.sweep();

        assertThat(rows("record_key, outcome, kind"))
                .containsExactlyInAnyOrder(
                        "item-1|dead_letter|error",
                        "item-2|retried|unknown",
                        "item-3|dead_letter|poison",
                        "item-2|dead_letter|poison");
    }

    @Test
    void goesByItsAgeBatchByBatchWhetherOrNotItsRecordIsStillThere() {
        DB.execute("""
                insert into processing_log (flow_name, record_id, attempt, outcome, finished_at)
                select 'f', n, 1, 'retried', now() - case when n = 1 or n > 3000 then interval '1 h' else interval '3 h' end
                from generate_series(1, 3010) n
                """);

        assertThat(fleet.queue().retention().purgeAttempts(Duration.ofHours(2))).isEqualTo(Retention.WINDOW - 1);
        assertThat(fleet.queue().retention().purgeAttempts(Duration.ofHours(2))).isEqualTo(1_000);
        assertThat(fleet.queue().retention().purgeAttempts(Duration.ofHours(2))).isZero();

        assertThat(rows("record_id")).hasSize(11).startsWith("1", "3001");
    }

    private void fails(Failure failure) {
        Claim claim = fleet.claimed("a", 1);
        assertThat(fleet.queue().failures().fail(claim.id(), HANDLER, Map.of(1L, failure)))
                .containsExactly(1L);
    }

    private static Failure failure(String reason, @Nullable Duration retryAfter) {
        return new Failure(reason, FailureKind.ERROR, "print", retryAfter, Duration.ofMillis(2_500));
    }

    private static List<String> rows(String columns) {
        return DB.jdbc()
                .sql("select concat_ws('|', %s) from processing_log order by id"
                        .formatted(columns.replaceAll("(handler|fingerprint)(?=,|$)", "coalesce($1, '')")))
                .query(String.class)
                .list();
    }
}
