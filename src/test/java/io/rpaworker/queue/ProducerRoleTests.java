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
        for (String sql : List.of(
                "create role " + ROLE,
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
