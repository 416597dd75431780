package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.springframework.dao.DataIntegrityViolationException;

/** A completed record stays so: its effect is in rpa_db. */
class CompletedRecordsTests {

    private static final RpaDb DB = Postgres.migrated();

    private final Fleet fleet = new Fleet(DB);
    private final QueueParts queue = fleet.queue();
    private UUID claim;

    /** Records 1 and 2 are completed, 3 is pending. */
    @BeforeEach
    void twoAreCompleted() {
        DB.insertPending("f", 3);
        claim = fleet.claimed("a", 2).id();
        queue.completions().complete(claim, List.of(1L, 2L), Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "processing", "failed"})
    void noStatusIsTakenFromIt(String status) {
        assertThatExceptionOfType(DataIntegrityViolationException.class)
                .isThrownBy(() -> set(status, "id = 1"))
                .havingCause()
                .isInstanceOfSatisfying(PSQLException.class, it -> {
                    assertThat(it.getServerErrorMessage()).isNotNull();
                    assertThat(it.getServerErrorMessage().getMessage())
                            .isEqualTo("record 1 of flow \"f\" is completed and cannot become " + status
                                    + ": its effect is in rpa_db");
                    assertThat(it.getServerErrorMessage().getHint()).contains("set local rpa.reopen = on");
                });

        assertThat(DB.status(1)).isEqualTo("completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"processing", "failed"})
    void whatWouldTakeItFromOneOfManyChangesNone(String status) {
        assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> set(status, "true"));

        assertThat(DB.count("f", "completed")).isEqualTo(2);
        assertThat(DB.status(3)).isEqualTo("pending");
    }

    @Test
    void aProducerThatAddsItOnceMoreDoesNotTakeItEither() {
        DB.jdbc()
                .sql("update processing_queue set record_key = 'k' where id = 1")
                .update();

        assertThatExceptionOfType(DataIntegrityViolationException.class)
                .isThrownBy(() -> DB.jdbc().sql("""
                        insert into processing_queue (flow_name, payload, record_key) values ('f', '{}', 'k')
                        on conflict (flow_name, record_key) where record_key is not null do update set status = 'pending'
                        """).update());

        assertThat(DB.status(1)).isEqualTo("completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pending", "processing", "failed"})
    void whoeverSaysSoHasItRunAgain(String status) {
        queue.transaction().executeWithoutResult(it -> {
            say("rpa.reopen", "on");
            set(status, "id = 1");
        });

        assertThat(DB.status(1)).isEqualTo(status);
        assertThat(queue.completions().complete(claim, List.of(1L), Map.of()).ids())
                .isEmpty();
        assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> set(status, "id = 2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "false", ""})
    void whoeverTakesThatBackHasNotSaidSo(String said) {
        assertThatExceptionOfType(DataIntegrityViolationException.class)
                .isThrownBy(() -> queue.transaction().executeWithoutResult(it -> {
                    say("rpa.reopen", said);
                    set("pending", "id = 1");
                }));
    }

    @Test
    void everythingElseOfItMayChange() {
        assertThatCode(() -> {
                    set("completed", "true");
                    DB.jdbc()
                            .sql("update processing_queue set payload = '{}', completed_at = null, error_message = 'x',"
                                    + " flow_name = 'g', retry_count = 1, updated_at = '2020-01-01' where id = 1")
                            .update();
                    DB.jdbc().sql("delete from processing_queue where id = 1").update();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void subscribersOfAnotherDatabaseAreNotHeldUp() {
        DB.jdbc()
                .sql("set session_replication_role = replica;"
                        + " update processing_queue set status = 'pending', claimed_at = null where id = 1")
                .update();

        assertThat(DB.status(1)).isEqualTo("pending");
    }

    @Test
    void noChoreAndNoOperatorTouchesIt() {
        DB.jdbc().sql("""
                update processing_queue
                set failed_at = now(), next_retry_at = now(), failure_kind = 'poison', crash_count = 1, claim_id = null,
                    claimed_at = now() - interval '1 day', flow_instance_id = 'a'
                where id = 1
                """).update();
        set("completed", "id = 3");
        DB.jdbc()
                .sql("update worker_instance set blamed = '{1,2,3}' where id = 'a'")
                .update();

        queue.retries().promote(List.of("f"));
        var operator = new Operator(queue);
        operator.reset("f", 100);
        operator.retryWithCanary("f", 1);
        operator.retry("f");
        operator.purge("f");
        queue.unfencedOrphans().recover("f", Duration.ofHours(1), 3).records();
        fleet.comesBack("a");
        fleet.sweep();
        queue.releases().releaseWhole(claim);

        assertThat(DB.count("f", "completed")).isEqualTo(3);
        assertThat(DB.column(1, "crash_count", Integer.class)).isEqualTo(1);
    }

    // In the transaction of the calling thread, if it has one.
    private static void set(String status, String where) {
        DB.workerJdbc()
                .sql("update processing_queue set status = '" + status + "' where " + where)
                .update();
    }

    private static void say(String name, String value) {
        DB.workerJdbc()
                .sql("select set_config(:name, :value, true)")
                .param("name", name)
                .param("value", value)
                .query(String.class)
                .single();
    }
}
