package io.rpaworker.ops.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rpaworker.testing.PgBouncer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What real sessions' settings are found to be. */
class SessionCheckTests {

    private static final String WELL =
            "-c synchronous_commit=on -c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s";
    private static final RpaDb DB = Postgres.migrated();

    @Test
    void theWorkersOwnSettingsAreWell() {
        assertThat(found(DB.url(), WELL)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "statement_timeout=0, statement-timeout",
        "statement_timeout=4s, statement-timeout",
        "lock_timeout=0, lock-timeout",
        "lock_timeout=99ms, lock-timeout",
        "idle_in_transaction_session_timeout=0, idle-in-transaction-timeout",
        "idle_in_transaction_session_timeout=1s, idle-in-transaction-timeout",
        "default_transaction_read_only=on, read-only-role",
        "synchronous_commit=off, asynchronous-commit",
        "search_path=nowhere, search-path"
    })
    void aSettingThatHurtsIsFound(String setting, String id) {
        assertThat(found(DB.url(), WELL + " -c " + setting)).containsExactly(id);
    }

    @Test
    void aPoolerIsFound() {
        assumeTrue(PgBouncer.program().isPresent(), "PgBouncer is not installed");
        // The tests' server does not wait for its disk.
        try (var pooler = PgBouncer.before(DB)) {
            assertThat(found(pooler.url(), ""))
                    .containsExactly(
                            "statement-timeout",
                            "lock-timeout",
                            "idle-in-transaction-timeout",
                            "asynchronous-commit",
                            "connection-pooler");
        }
    }

    private static List<String> found(String url, String options) {
        var dataSource = new SingleConnectionDataSource(url, "postgres", "", true);
        var properties = new Properties();
        if (!options.isEmpty()) {
            properties.setProperty("options", options);
        }
        dataSource.setConnectionProperties(properties);
        Session session = new Sessions(JdbcClient.create(dataSource), dataSource).read();
        dataSource.destroy();
        var facts = new Facts(Optional.of(session), Optional.empty(), List.of(), null);
        return Looks.ids(new SessionCheck().look(Looks.scene(facts)));
    }
}
