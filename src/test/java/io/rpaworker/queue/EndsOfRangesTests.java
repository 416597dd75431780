package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts and times that somebody's SQL has set to the ends of their ranges. */
class EndsOfRangesTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Failure BROKEN = new Failure("broken", FailureKind.ERROR, null, null, Duration.ZERO);
    private static final Failure HUNG = new Failure("hung", FailureKind.TIMEOUT, null, Duration.ZERO, Duration.ZERO);

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();

    @ParameterizedTest
    @CsvSource({"2147483647, 2147483647", "2147483646, 2147483647", "-1, 1", "-2147483648, 1"})
    void aFailureIsRecordedWhateverTheCountWas(int before, int after) {
        DB.insertPending("f", 2);
        set("retry_count", before);
        Claim claim = fleet.claimed("a", 2);

        assertThat(queue.failures().fail(claim.id(), "test.Handler", Map.of(1L, BROKEN, 2L, HUNG)))
                .hasSize(2);

        assertThat(DB.count("f", "failed")).isEqualTo(2);
        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(after);
        assertThat(queue.retries().promote(List.of("f"))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"2147483647, 2147483647", "2147483646, 2147483647", "-1, 1", "-2147483648, 1"})
    void whatAPythonWorkerLeftIsPendingAgainWhateverTheCountWas(int before, int after) {
        DB.insertPending("f", 2);
        claimedByPython();
        set("retry_count", before);

        assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3).records())
                .isEqualTo(2);

        assertThat(DB.column(1, "retry_count", Integer.class)).isEqualTo(after);
        assertThat(DB.count("f", "pending")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, pending", "-1, 1, pending", "-2147483648, 1, pending"})
    void aCrashIsBlamedOnWhatHadAnyCount(int before, int after, String status) {
        DB.insertPending("f", 2);
        set("crash_count", before);
        fleet.claimed("a", 2);
        fleet.kill("a");

        assertThat(fleet.sweep()).isEqualTo(2);

        assertThat(fleet.crashes()).containsExactly(after, after);
        assertThat(DB.status(1)).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MAX_VALUE - 1})
    void whatRanAloneIsPoisonAtTheEndOfItsCount(int crashes) {
        DB.insertPending("f", 1);
        set("crash_count", crashes);
        fleet.claimedAlone("a");
        fleet.kill("a");

        assertThat(fleet.sweep()).isEqualTo(1);

        assertThat(fleet.crashes()).containsExactly(Integer.MAX_VALUE);
        assertThat(DB.status(1)).isEqualTo("failed");
        assertThat(DB.column(1, "error_message", String.class)).contains("2147483647 times");
    }

    @Test
    void aSuspectAtTheEndOfItsCountStaysOne() {
        DB.insertPending("f", 1);
        set("crash_count", Integer.MAX_VALUE);
        Claim claim = fleet.claimedSuspect("a");

        assertThat(queue.releases().suspect(claim.id(), List.of(1L))).containsExactly(1L);

        assertThat(fleet.crashes()).containsExactly(Integer.MAX_VALUE);
    }

    @Test
    void whoeverIsAcquittedOfPoisonOwesNothingLessThanNothing() {
        DB.insertPending("f", 1);
        fleet.setCrashCount(1, 3);
        fleet.claimedAlone("a");
        fleet.kill("a");
        fleet.sweep();
        set("crash_count", Integer.MIN_VALUE);

        fleet.comesBack("a");

        assertThat(DB.status(1)).isEqualTo("pending");
        assertThat(fleet.crashes()).containsExactly(0);
    }

    // What falls due at no time stays; what always was due goes first.
    @ParameterizedTest
    @CsvSource({"-infinity, 1", "infinity, 0"})
    void aRetryIsDueOrItIsNotAndKeepsNoOtherWaiting(String time, int pending) {
        DB.insertPending("f", 2);
        DB.jdbc()
                .sql("update processing_queue set status = 'failed', next_retry_at = now() - interval '1 minute'")
                .update();
        setTimes("next_retry_at", time);

        assertThat(queue.retries().promote(List.of("f"))).isEqualTo(1 + pending);

        assertThat(DB.status(2)).isEqualTo("pending");
        assertThat(queue.retries().promote(List.of("f"))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "available_at, -infinity",
        "available_at, infinity",
        "created_at, -infinity",
        "created_at, infinity",
        "updated_at, -infinity",
        "updated_at, infinity",
        "failed_at, -infinity",
        "failed_at, infinity",
        "completed_at, -infinity",
        "completed_at, infinity",
        "claimed_at, -infinity",
        "claimed_at, infinity"
    })
    void failuresWithAnyTimeAreRetriedResetAndPurged(String column, String time) {
        DB.insertPending("f", 2);
        fail(column, time);
        DB.jdbc().sql("update processing_queue set next_retry_at = now()").update();
        assertThat(queue.retries().promote(List.of("f"))).isEqualTo(2);
        fail(column, time);
        var operator = new Operator(queue);
        assertThat(operator.reset("f", 3)).isEqualTo(2);
        fail(column, time);
        assertThat(operator.retryWithCanary("f", 2)).isEqualTo(2);
        queue.canaries().watchOnce();
        fail(column, time);
        assertThat(operator.list("f")).isEqualTo(2);
        assertThat(operator.groups("f")).isEqualTo(1);
        // What will have failed at no time lies behind what a walk looks at; a few that are asked for, it is not.
        int walked = column.equals("failed_at") && time.equals("infinity") ? 1 : 2;
        assertThat(operator.retry("f")).isEqualTo(walked);
        fail(column, time);
        assertThat(operator.purge("f")).isEqualTo(walked);
    }

    @ParameterizedTest
    @CsvSource({
        "available_at, -infinity",
        "created_at, -infinity",
        "created_at, infinity",
        "updated_at, -infinity",
        "updated_at, infinity",
        "claimed_at, -infinity",
        "claimed_at, infinity"
    })
    void claimsWithAnyTimeAreSettledAndRecovered(String column, String time) {
        DB.insertPending("f", 4);
        Claim settled = fleet.claimed("a", 3);
        fleet.claimed("a", 1);
        setTimes(column, time);

        assertThat(queue.failures().fail(settled.id(), "test.Handler", Map.of(1L, BROKEN)))
                .hasSize(1);
        assertThat(queue.releases().release(settled.id(), List.of(2L))).hasSize(1);
        assertThat(queue.completions()
                        .complete(settled.id(), List.of(3L), Map.of())
                        .ids())
                .hasSize(1);
        fleet.kill("a");
        assertThat(fleet.sweep()).isEqualTo(1);
        fleet.comesBack("a");

        assertThat(fleet.crashes()).containsExactly(0, 0, 0, 0);
        assertThat(DB.count("f", "pending")).isEqualTo(2);
    }

    // What was claimed at no time that will ever have been is nobody's orphan.
    @ParameterizedTest
    @CsvSource({"-infinity, 2", "infinity, 1"})
    void pythonClaimsOfAnyAgeKeepNoOtherWaiting(String time, int recovered) {
        DB.insertPending("f", 2);
        claimedByPython();
        setTimes("claimed_at", time);

        assertThat(queue.unfencedOrphans().any(Duration.ofHours(1))).isTrue();
        assertThat(queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3).records())
                .isEqualTo(recovered);

        assertThat(DB.status(2)).isEqualTo("pending");
        assertThat(queue.unfencedOrphans().any(Duration.ofHours(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claimed_at",
                "completed_at",
                "failed_at",
                "next_retry_at",
                "updated_at",
                "created_at",
                "available_at"
            })
    void anyTimeMayBeSetInAnyStatus(String column) {
        for (String status : new String[] {"pending", "processing", "failed", "completed"}) {
            for (String time : new String[] {"-infinity", "infinity"}) {
                DB.jdbc()
                        .sql("insert into processing_queue (flow_name, payload, status, " + column
                                + ") values ('f', '{}', '" + status + "', '" + time + "')")
                        .update();
            }
        }

        DB.jdbc().sql("update processing_queue set error_message = 'x'").update();

        assertThat(DB.jdbc()
                        .sql("select count(*) from processing_queue where (status = 'pending') = (claimed_at is null)"
                                + " and (status = 'failed') = (failed_at is not null)"
                                + " and (next_retry_at is null or status = 'failed')")
                        .query(Integer.class)
                        .single())
                .isEqualTo(8);
    }

    private static void fail(String column, String time) {
        DB.jdbc().sql("update processing_queue set status = 'failed'").update();
        setTimes(column, time);
    }

    /** Of the first record only. */
    private static void setTimes(String column, String time) {
        DB.jdbc()
                .sql("update processing_queue set " + column + " = cast(:time as timestamptz) where id = 1")
                .param("time", time)
                .update();
    }

    private static void set(String column, int value) {
        DB.jdbc()
                .sql("update processing_queue set " + column + " = :value")
                .param("value", value)
                .update();
    }

    private static void claimedByPython() {
        DB.jdbc()
                .sql("update processing_queue set status = 'processing', flow_instance_id = 'py',"
                        + " claimed_at = now() - interval '2 hours'")
                .update();
    }
}
