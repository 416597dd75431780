package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code rpa_pause} and {@code rpa_resume} of V017, and who may call its functions. */
class OrdersInSqlTests {

    private static final RpaDb DB = Postgres.migrated();

    private static final List<String> ORDERS = List.of(
            "rpa_pause('f', 'why', now() + interval '1 hour')",
            "rpa_resume('f')",
            "rpa_retry('f', 'aaa', kind => 'error')",
            "rpa_discard('f', 'aaa', kind => 'error')",
            "rpa_explain(1)");

    private static final String ROWS = """
            select concat_ws('|', flow_name, paused_by, coalesce(to_char(paused_until, 'YYYY'), 'none'), reason)
            from flow_control
            """;

    @BeforeEach
    void empty() {
        DB.emptyQueue();
        DB.insertPending("f", 1);
    }

    @Test
    void aFlowIsPausedAndResumed() {
        assertThat(call("rpa_pause('f', 'SurveyHub is down', '2999-05-01 00:00+02')"))
                .isTrue();
        assertThat(list(ROWS)).containsExactly("f|rpa_operator|2999|SurveyHub is down");

        assertThat(call("rpa_resume('f', 'it is back')")).isTrue();
        assertThat(list(ROWS)).isEmpty();
        assertThat(notes())
                .containsExactly(
                        "rpa_operator|pause|f|{\"until\": \"2999-04-30T22:00:00Z\"}|0|SurveyHub is down",
                        "rpa_operator|resume|f|{}|0|it is back");
    }

    @Test
    void aPauseReplacesTheOneThatIsThere() {
        DB.jdbc()
                .sql("insert into flow_control values ('f', 'ada', now() - interval '1 day', '2999-01-01', 'first')")
                .update();

        assertThat(call("rpa_pause('f')")).isFalse();

        assertThat(list(ROWS)).containsExactly("f|rpa_operator|none|");
        assertThat(list("select (paused_at > now() - interval '1 min')::text from flow_control"))
                .containsExactly("true");
        assertThat(notes()).containsExactly("rpa_operator|pause|f|{\"until\": null}|0|");
    }

    @Test
    void untilForEverIsUntilSomebodyResumesIt() {
        call("rpa_pause('f', until => 'infinity')");

        assertThat(list(ROWS)).containsExactly("f|rpa_operator|none|");
    }

    @Test
    void aPauseWhoseTimeIsOverIsNone() {
        DB.jdbc()
                .sql("insert into flow_control values ('gone', 'ada', now(), now() - interval '1 second')")
                .update();
        assertThat(call("rpa_resume('gone')")).isFalse();
        assertThat(list(ROWS)).isEmpty();

        DB.jdbc()
                .sql("insert into flow_control values ('f', 'ada', now(), now() - interval '1 second')")
                .update();
        assertThat(call("rpa_pause('f')")).isTrue();

        assertThat(call("rpa_resume('f')")).isTrue();
        assertThat(call("rpa_resume('f')")).isFalse();
        assertThat(notes()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"now()", "now() - interval '1 day'", "'-infinity'"})
    void untilHasToBeInTheFuture(String until) {
        assertThatThrownBy(() -> call("rpa_pause('f', until => " + until + ")"))
                .hasMessageContaining("is not in the future");

        assertThat(list(ROWS)).isEmpty();
    }

    @Test
    void aFlowThatNobodyKnowsIsRefused() {
        DB.insertReplica("ended");
        DB.jdbc()
                .sql("update worker_instance set handlers = '{\"old\": {}}', ended_at = now()")
                .update();
        DB.jdbc().sql("delete from processing_queue").update();

        for (String flow : List.of("'g'", "'f'", "'old'", "null")) {
            assertThatThrownBy(() -> call("rpa_pause(" + flow + ")"))
                    .hasMessageContaining("No record, replica or pause knows flow");
        }
        assertThat(notes()).isEmpty();
    }

    @Test
    void aFlowThatAReplicaHandlesOrThatIsPausedIsKnown() {
        DB.insertReplica("live");
        DB.jdbc().sql("update worker_instance set handlers = '{\"g\": {}}'").update();
        DB.jdbc()
                .sql("insert into flow_control (flow_name, paused_by) values ('h', 'ada')")
                .update();

        assertThat(call("rpa_pause('g')")).isTrue();
        assertThat(call("rpa_pause('h')")).isFalse();
    }

    // Who calls a function that runs as its owner is session_user there, whatever role he has set.
    @Test
    void theActorIsWhoHasLoggedIn() throws SQLException {
        as(WorkerRole.OPERATOR, "select rpa_pause('f')");

        assertThat(list(ROWS)).containsExactly("f|postgres|none|");
        assertThat(notes()).containsExactly("postgres|pause|f|{\"until\": null}|0|");
    }

    @ParameterizedTest
    @ValueSource(strings = {WorkerRole.WORKER, WorkerRole.VIEWER})
    void nobodyElseGivesOrders(String role) {
        for (String order : ORDERS) {
            assertThatThrownBy(() -> as(role, "select " + order))
                    .hasMessageContaining("permission denied for function");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into flow_control (flow_name, paused_by) values ('f', 'somebody')",
                "update processing_queue set status = 'failed'",
                "delete from operator_action",
                "insert into operator_action (actor, action, records) values ('somebody', 'retry', 1)",
                "select told_moment(now())"
            })
    void anOperatorDoesNothingByHimself(String statement) {
        assertThatThrownBy(() -> as(WorkerRole.OPERATOR, statement)).hasMessageContaining("permission denied");
    }

    // He may create objects where the functions of the owner have to find theirs, and has tables of the same names.
    @Test
    void nobodyPutsAnObjectOfHisOwnInTheOwnersPlace() throws SQLException {
        RpaDb db = Postgres.migrated();
        db.insertPending("f", 2);
        db.fail(2, "null");
        db.jdbc()
                .sql("update processing_queue set failure_fingerprint = 'aaa' where id = 2")
                .update();
        db.insertReplica("live");
        db.jdbc().sql("update worker_instance set handlers = '{\"f\": {}}'").update();
        db.execute("create table loot (who text); grant insert on loot to public;"
                + " grant create on schema public to rpa_operator");
        try (Connection connection = db.dataSource().getConnection();
                var session = connection.createStatement()) {
            session.execute("set session authorization rpa_operator");
            session.execute("set search_path = public, pg_temp, pg_catalog");
            for (String types : List.of("varchar, varchar", "varchar, text", "text, varchar", "text, text")) {
                evil(session, "same", types, "boolean");
                String[] sides = types.split(", ", 2);
                for (String operator : List.of("=", "<>")) {
                    session.execute("create operator public.%s (leftarg = %s, rightarg = %s, function = public.same)"
                            .formatted(operator, sides[0], sides[1]));
                }
            }
            evil(session, "member", "jsonb, text", "jsonb");
            session.execute("create operator public.-> (leftarg = jsonb, rightarg = text, function = public.member)");
            evil(session, "upper", "text", "text");
            evil(session, "format", "text, text, text", "text");
            evil(session, "isfinite", "timestamptz", "boolean");
            evil(session, "to_char", "timestamp, text", "text");
            evil(session, "statement_timestamp", "", "timestamptz");
            evil(session, "clock_timestamp", "", "timestamptz");
            evil(session, "jsonb_build_object", "text, text", "jsonb");
            session.execute("""
                    create function public.told_flow(varchar) returns setof text language plpgsql as
                    $$ begin insert into public.loot values (current_user::text); end $$
                    """);
            session.execute("create temp table processing_queue (like public.processing_queue)");
            session.execute("create temp table flow_control (like public.flow_control)");
            session.execute("create temp table operator_action (like public.operator_action)");

            for (String order : ORDERS) {
                session.execute("select public." + order);
            }
            session.execute("select * from public.rpa_explain(2)");
        }

        assertThat(db.jdbc().sql("select who from loot").query(String.class).list())
                .isEmpty();
        assertThat(db.jdbc()
                        .sql("select action from operator_action order by id")
                        .query(String.class)
                        .list())
                .containsExactly("pause", "resume", "retry");
    }

    private static void evil(Statement session, String name, String arguments, String result) throws SQLException {
        session.execute("""
                create function public.%s(%s) returns %s language plpgsql as
                $$ begin insert into public.loot values (current_user::text); return null; end $$
                """.formatted(name, arguments, result));
    }

    private static boolean call(String function) {
        return DB.operatorJdbc().sql("select " + function).query(Boolean.class).single();
    }

    private static List<String> list(String sql) {
        return DB.jdbc().sql(sql).query(String.class).list();
    }

    private static List<String> notes() {
        return list("select concat_ws('|', actor, action, flow_name, details, records, reason)"
                + " from operator_action order by id");
    }

    private static void as(String role, String statement) throws SQLException {
        try (Connection connection = DB.dataSource().getConnection();
                var session = connection.createStatement()) {
            session.execute("set role " + role);
            session.execute(statement);
        }
    }
}
