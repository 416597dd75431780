package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.testing.Postgres;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

class EvictUnusableConnectionsTests {

    private final HikariDataSource pool = new HikariDataSource();
    private final JdbcClient jdbc = JdbcClient.create(pool);

    @BeforeEach
    void open() {
        pool.setJdbcUrl(Postgres.empty().url());
        pool.setUsername("postgres");
        pool.setMaximumPoolSize(1);
        pool.setExceptionOverrideClassName(EvictUnusableConnections.class.getName());
    }

    @AfterEach
    void close() {
        pool.close();
    }

    // After a failover the old primary may still answer, but every write fails there.
    @Test
    void aConnectionToAServerThatBecameReadOnlyIsReplaced() {
        int backend = backend();
        jdbc.sql("set default_transaction_read_only = on").update();

        Throwable failure =
                catchThrowable(() -> jdbc.sql("create table t (id int)").update());

        assertThat(failure).hasMessageContaining("read-only transaction");
        assertThat(backend()).isNotEqualTo(backend);
    }

    @ParameterizedTest
    @ValueSource(strings = {"26000", "08P01"})
    void aConnectionWhoseStatementsOrProtocolAreOutOfStepIsReplaced(String state) {
        int backend = backend();

        assertThat(catchThrowable(() -> raise(state))).isNotNull();

        assertThat(backend()).isNotEqualTo(backend);
    }

    @ParameterizedTest
    @ValueSource(strings = {"set search_path = nowhere", "set role pg_monitor"})
    void aConnectionThatFindsNoQueueForWhatSomebodyHasSetIsReplaced(String setting) {
        jdbc.sql("create table processing_queue (id int)").update();
        int backend = backend();
        jdbc.sql(setting).update();

        assertThat(catchThrowable(() -> ids("processing_queue"))).isNotNull();

        assertThat(backend()).isNotEqualTo(backend);
        assertThat(ids("processing_queue")).isEmpty();
    }

    @Test
    void aConnectionThatFindsNoOtherTableIsKept() {
        int backend = backend();

        assertThat(catchThrowable(() -> ids("nobodys"))).hasMessageContaining("nobodys");

        assertThat(backend()).isEqualTo(backend);
    }

    private List<Integer> ids(String table) {
        return jdbc.sql("select id from " + table).query(Integer.class).list();
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "40001", "57014"})
    void aConnectionWhoseStatementFailedIsKept(String state) {
        int backend = backend();

        assertThat(catchThrowable(() -> raise(state))).isNotNull();

        assertThat(backend()).isEqualTo(backend);
    }

    private void raise(String state) {
        jdbc.sql("do $$ begin raise exception using errcode = '" + state + "'; end $$")
                .update();
    }

    private int backend() {
        return jdbc.sql("select pg_backend_pid()").query(Integer.class).single();
    }
}
