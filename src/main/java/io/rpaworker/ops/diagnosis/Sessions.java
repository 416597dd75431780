package io.rpaworker.ops.diagnosis;

import io.rpaworker.database.RpaDbPools;
import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the settings of the session that asks, and bounds what is asked next. */
@Component
class Sessions {

    private static final String SETTINGS = """
            select (select cast(setting as bigint) from pg_settings where name = 'statement_timeout') as statement_millis,
                   (select cast(setting as bigint) from pg_settings where name = 'lock_timeout') as lock_millis,
                   (select cast(setting as bigint) from pg_settings
                    where name = 'idle_in_transaction_session_timeout') as idle_millis,
                   current_setting('default_transaction_read_only') = 'on' as read_only,
                   current_setting('synchronous_commit') = 'off' as asynchronous,
                   to_regclass('queue_total') is null as lost,
                   current_setting('search_path') as search_path,
                   pg_backend_pid() <> :known as pooled
            """;

    // Of this transaction: one statement that hangs must leave time for the others.
    private static final String BOUND = """
            select set_config('statement_timeout', '1s', true), set_config('lock_timeout', '500ms', true)
            """;

    private final JdbcClient jdbc;
    private final JdbcTemplate connections;

    Sessions(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc, @Qualifier(RpaDbPools.CONTROL) DataSource control) {
        this.jdbc = jdbc;
        this.connections = new JdbcTemplate(control);
    }

    /** As they were before anything was bounded. */
    Session read() {
        int known = Objects.requireNonNull(connections.execute((ConnectionCallback<Integer>)
                connection -> connection.unwrap(PGConnection.class).getBackendPID()));
        return jdbc.sql(SETTINGS).param("known", known).query(Session.class).single();
    }

    /** Gives each statement of this transaction a second, and half of one to wait for a lock. */
    void bound() {
        jdbc.sql(BOUND).query().singleRow();
    }
}
