package io.rpaworker.queue.deadletter;

import static io.rpaworker.queue.deadletter.DeadLetterFilter.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.control.Actor;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code rpa_retry} and {@code rpa_discard} of V017. */
class DeadLettersInSqlTests {

    private static final RpaDb DB = Postgres.migrated();

    private final DeadLetterActions actions = QueueParts.over(DB).part(DeadLetterActions.class);

    @BeforeEach
    void empty() {
        insertOfEveryKind();
    }

    // Five dead letters, one of which was cancelled, and of every other kind a record that is none. All that a
    // statement
    // would set by the clock is long ago.
    private static void insertOfEveryKind() {
        DB.emptyQueue();
        DB.execute("""
                insert into processing_queue (flow_name, payload, status, failure_kind, failure_fingerprint, next_retry_at,
                    crash_count, retry_count, error_message, run_id, flow_instance_id, claim_id, available_at, created_at,
                    updated_at, claimed_at, failed_at, completed_at)
                select flow, '{}', status, kind, fingerprint, next_retry_at, crashes, 4, 'broken', 7,
                       case when status <> 'pending' then 'pod-1' end,
                       case when status <> 'pending' then uuid '11111111-1111-1111-1111-111111111111' end,
                       long_ago, long_ago, long_ago, case when status <> 'pending' then long_ago end,
                       case when status = 'failed' then long_ago end, case when status = 'completed' then long_ago end
                from (select timestamptz '2026-01-01 00:00+00' as long_ago) clock, (values
                    (1, 'f', 'failed', 'error', 'aaa', null, 1),
                    (2, 'f', 'failed', 'poison', 'ccc', null, 5),
                    (3, 'f', 'failed', 'timeout', 'aaa', null, 0),
                    (4, 'g', 'failed', 'error', 'aaa', null, 0),
                    (5, 'f', 'failed', 'error', 'aaa', timestamptz '2026-01-01 01:00+00', 0),
                    (6, 'f', 'processing', null, null, null, 0),
                    (7, 'f', 'completed', null, null, null, 0),
                    (8, 'f', 'pending', null, null, null, 0),
                    (9, 'h', 'failed', 'cancelled', null, null, 0))
                    as t (n, flow, status, kind, fingerprint, next_retry_at, crashes)
                order by n
                """);
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                Arguments.of(ALL.ofFlow("f"), "'f'", 3),
                Arguments.of(ALL.ofFlow("f").ofGroup("aaa"), "'f', 'aaa'", 2),
                Arguments.of(
                        ALL.ofFlow("f").ofGroup("aaa").ofKind(FailureKind.TIMEOUT), "'f', 'aaa', kind => 'timeout'", 1),
                Arguments.of(ALL.ofFlow("f").ofKind(FailureKind.POISON), "'f', kind => 'poison'", 1),
                Arguments.of(ALL.ofFlow("f").withId(3), "'f', id => 3", 1),
                Arguments.of(ALL.withId(4), "null, id => 4", 1),
                Arguments.of(ALL.ofFlow("f").withId(4), "'f', id => 4", 0),
                Arguments.of(ALL.withId(5), "null, id => 5", 0),
                Arguments.of(ALL.withId(6), "null, id => 6", 0),
                Arguments.of(ALL.withId(7), "null, id => 7", 0),
                Arguments.of(ALL.withId(8), "null, id => 8", 0),
                Arguments.of(ALL.ofFlow("h").ofKind(FailureKind.CANCELLED), "'h', kind => 'cancelled'", 1),
                Arguments.of(ALL.ofFlow("h"), "'h'", 0),
                Arguments.of(ALL.ofFlow("nobody"), "'nobody'", 0));
    }

    // A flow's alone are not discarded.
    static Stream<Arguments> ordersToDiscard() {
        return orders().filter(it -> String.valueOf(it.get()[1]).contains(","));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void retryDoesAndNotesWhatTheWorkersDoes(DeadLetterFilter filter, String order, int records) {
        assertThat(actions.retry(filter, Actor.named(WorkerRole.OPERATOR))).isEqualTo(records);
        List<String> rows = rows();
        List<String> notes = notes();
        insertOfEveryKind();

        assertThat(call("rpa_retry(" + order + ")")).isEqualTo(records);

        assertThat(rows()).isEqualTo(rows);
        assertThat(notes()).isEqualTo(notes).hasSize(Math.min(records, 1));
    }

    @ParameterizedTest
    @MethodSource("ordersToDiscard")
    void discardDoesAndNotesWhatTheWorkersDoes(DeadLetterFilter filter, String order, int records) {
        assertThat(actions.delete(filter, "discard", Actor.named(WorkerRole.OPERATOR)))
                .isEqualTo(records);
        List<String> rows = rows();
        List<String> notes = notes();
        insertOfEveryKind();

        assertThat(call("rpa_discard(" + order + ")")).isEqualTo(records);

        assertThat(rows()).isEqualTo(rows).hasSize(9 - records);
        assertThat(notes()).isEqualTo(notes).hasSize(Math.min(records, 1));
    }

    @Test
    void whatSomebodyCancelledIsRetriedOnlyIfItIsAskedFor() {
        assertThat(call("rpa_retry('h')")).isZero();
        assertThat(DB.status(9)).isEqualTo("failed");

        assertThat(call("rpa_retry('h', kind => 'cancelled')")).isEqualTo(1);
        assertThat(DB.status(9)).isEqualTo("pending");

        insertOfEveryKind();
        assertThat(call("rpa_retry('h', id => 9)")).isEqualTo(1);
    }

    @Test
    void theReasonIsNoted() {
        call("rpa_retry('f', 'ccc', reason => 'mended in 1.2')");
        call("rpa_discard('f', 'aaa', reason => 'test data')");
        call("rpa_discard('g', 'aaa', reason => null)");

        assertThat(DB.jdbc()
                        .sql("select reason from operator_action order by id")
                        .query(String.class)
                        .list())
                .containsExactly("mended in 1.2", "test data", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpa_retry(null)", "rpa_retry(null, 'aaa')", "rpa_discard(null, kind => 'error')"})
    void whoseDeadLettersHasToBeSaid(String order) {
        assertThatThrownBy(() -> call(order)).hasMessageContaining("Say which flow's dead letters");
    }

    @Test
    void noFlowIsEmptiedByLeavingOutAnArgument() {
        assertThatThrownBy(() -> call("rpa_discard('f')")).hasMessageContaining("all of them are not discarded");
        assertThatThrownBy(() -> call("rpa_discard('f', null, null, null, 'why')"))
                .hasMessageContaining("all of them are not discarded");

        assertThat(rows()).hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpa_retry('f')", "rpa_discard('f', 'aaa')"})
    void whatSomebodyHasLockedIsPassedOver(String order) throws SQLException {
        try (Connection other = DB.dataSource().getConnection();
                var session = other.createStatement()) {
            other.setAutoCommit(false);
            session.execute("select from processing_queue where id = 1 for update");

            assertThat(call(order)).isEqualTo(order.contains("aaa") ? 1 : 2);
            other.rollback();
        }

        assertThat(DB.status(1)).isEqualTo("failed");
    }

    private static long call(String function) {
        return DB.operatorJdbc().sql("select " + function).query(Long.class).single();
    }

    private static List<String> rows() {
        return DB.jdbc().sql("""
                        select (to_jsonb(q) - 'available_at' - 'updated_at' || jsonb_build_object(
                            'due_now', available_at > now() - interval '1 min',
                            'updated_now', updated_at > now() - interval '1 min'))::text
                        from processing_queue q
                        order by id
                        """).query(String.class).list();
    }

    private static List<String> notes() {
        return DB.jdbc()
                .sql("select concat_ws('|', actor, action, flow_name, details, records)"
                        + " from operator_action order by id")
                .query(String.class)
                .list();
    }
}
