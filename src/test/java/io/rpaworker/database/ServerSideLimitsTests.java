package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.TestWorker;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class ServerSideLimitsTests {

    // What frees the rows that a replica has locked which is cut off, or gone while its statement runs.
    @Test
    void theServerFindsOutThatAReplicaIsGone() {
        try (var worker = TestWorker.on(Postgres.migrated())
                .property("rpa.worker.enabled", "false")
                .property("rpa.maintenance.enabled", "false")
                .start()) {
            var jdbc = JdbcClient.create(worker.bean(DataSource.class));

            Map.of(
                            "statement_timeout", "30s",
                            "lock_timeout", "5s",
                            "idle_in_transaction_session_timeout", "15s",
                            "tcp_keepalives_idle", "10",
                            "tcp_keepalives_interval", "5",
                            "tcp_keepalives_count", "3",
                            "tcp_user_timeout", "20000",
                            "client_connection_check_interval", "5s")
                    .forEach((name, value) -> assertThat(
                                    jdbc.sql("show " + name).query(String.class).single())
                            .as(name)
                            .isEqualTo(value));
        }
    }
}
