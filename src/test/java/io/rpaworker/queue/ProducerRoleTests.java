package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A producer, or a Python worker, whose role has rights on the queue and its sequence, and on nothing else. */
class ProducerRoleTests {

    private static final RpaDb DB = Postgres.empty();
    private static final String ROLE = "producer";

    // The triggers count in the schema that was migrated, which need not be public.
    @BeforeAll
    static void migrate() {
        DB.jdbc().sql("create schema rpa").update();
        Postgres.migrate(DB.url() + "?currentSchema=rpa");
        DB.jdbc().sql("create role " + ROLE).update();
        grant();
    }

    private static void grant() {
        for (String sql : List.of(
                "grant usage on schema rpa to " + ROLE,
                "grant create on schema public to " + ROLE,
                "grant all on rpa.processing_queue to " + ROLE,
                "grant usage on sequence rpa.processing_queue_id_seq to " + ROLE)) {
            DB.jdbc().sql(sql).update();
        }
    }

    @BeforeEach
    void empty() {
        for (String sql : List.of(
                "truncate rpa.processing_queue, rpa.worker_instance restart identity",
                "insert into rpa.worker_instance (id, host, version, lease_until, listening)"
                        + " values ('a', 'test', '1', 'infinity', true)")) {
            DB.jdbc().sql(sql).update();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "public", "pg_temp, rpa"})
    void addsChangesAndDeletesRecordsAndIsCounted(String searchPath) throws SQLException {
        asProducer(
                searchPath,
                "insert into rpa.processing_queue (flow_name, payload) select 'f', '{}' from generate_series(1, 5)",
                "update rpa.processing_queue set status = 'processing', claimed_at = now() where id = 1",
                "update rpa.processing_queue set status = 'failed', error_message = 'py' where id = 1",
                "update rpa.processing_queue set status = 'pending' where id = 1",
                "update rpa.processing_queue set flow_name = 'g' where id = 2",
                "delete from rpa.processing_queue where id = 3");

        assertThat(totals()).containsExactly("f 3", "g 1");
    }

    @Test
    void truncatesAndIsCounted() throws SQLException {
        asProducer(
                "''",
                "insert into rpa.processing_queue (flow_name, payload) values ('f', '{}')",
                "truncate rpa.processing_queue");

        assertThat(totals()).isEmpty();
    }

    @Test
    void cannotCountARowOfATableOfItsOwn() {
        assertThatThrownBy(() -> asProducer(
                        "''",
                        "create table public.forged (flow_name text)",
                        "create trigger forge after insert on public.forged referencing new table as changed"
                                + " for each statement execute function rpa.queue_total_add()"))
                .hasMessageContaining("permission denied for function");
    }

    @Test
    void preparesATransactionThatLeavesTheHintOut() throws SQLException {
        asProducer(
                "''",
                "begin",
                "set local rpa.wake_up = off",
                "insert into rpa.processing_queue (flow_name, payload) values ('f', '{}')",
                "prepare transaction 'producer'",
                "commit prepared 'producer'");

        assertThat(totals()).containsExactly("f 1");
        assertThatThrownBy(() -> asProducer(
                        "''",
                        "begin",
                        "insert into rpa.processing_queue (flow_name, payload) values ('f', '{}')",
                        "prepare transaction 'producer'"))
                .hasMessageContaining("cannot PREPARE a transaction that has executed");
    }

    // It may create objects where the functions of the owner have to find theirs.
    @Test
    void cannotPutAnOperatorOfItsOwnInTheOwnersPlace() throws SQLException {
        DB.jdbc().sql("create table rpa.loot (who text)").update();
        DB.jdbc().sql("grant insert on rpa.loot to " + ROLE).update();
        DB.jdbc().sql("grant create on schema rpa to " + ROLE).update();
        try {
            asProducer(
                    "rpa",
                    """
                    create function rpa.evil(varchar, varchar) returns boolean language plpgsql as
                    $$ begin insert into rpa.loot values (current_user); return true; end $$
                    """,
                    "create operator rpa.<> (leftarg = varchar, rightarg = varchar, function = rpa.evil)",
                    "create operator rpa.= (leftarg = varchar, rightarg = varchar, function = rpa.evil)",
                    """
                    create function rpa.pg_notify(text, varchar) returns void language plpgsql as
                    $$ begin insert into rpa.loot values (current_user); end $$
                    """,
                    """
                    create function rpa.coalesce(uuid, uuid) returns uuid language plpgsql as
                    $$ begin insert into rpa.loot values (current_user); return $1; end $$
                    """,
                    "insert into rpa.processing_queue (flow_name, payload) values ('f', '{}'), ('g', '{}')",
                    "update rpa.processing_queue set flow_name = 'h' where id = 2",
                    "update rpa.processing_queue set status = 'failed'",
                    "update rpa.processing_queue set status = 'pending'",
                    "update rpa.processing_queue set status = 'completed'",
                    "insert into rpa.processing_queue (flow_name, payload, status) values ('f', '{}', 'failed')",
                    "delete from rpa.processing_queue where id = 1");

            assertThat(DB.jdbc()
                            .sql("select who from rpa.loot")
                            .query(String.class)
                            .list())
                    .isEmpty();
            assertThat(totals()).containsExactly("f 1", "h 1");
        } finally {
            DB.jdbc().sql("drop owned by " + ROLE).update();
            DB.jdbc().sql("drop table rpa.loot").update();
            grant();
        }
    }

    private static void asProducer(String searchPath, String... statements) throws SQLException {
        try (Connection connection = DB.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("set role " + ROLE);
            statement.execute("set search_path = " + searchPath);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> totals() {
        return DB.jdbc()
                .sql("select flow_name || ' ' || sum(records) from rpa.queue_total"
                        + " group by flow_name having sum(records) <> 0 order by flow_name")
                .query(String.class)
                .list();
    }
}
