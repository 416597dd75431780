package io.rpaworker.database;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SlowMigrationTests {

    private static final String LIMITS =
            "-c statement_timeout=1s -c lock_timeout=1s -c idle_in_transaction_session_timeout=1s";

    private final RpaDb db = Postgres.empty();

    // Adopting a large table takes longer than any ordinary statement may; here it waits for a reader instead.
    @Test
    void limitsOfOrdinaryStatementsDoNotEndAMigration() throws SQLException {
        Postgres.migrate(db.url(), "7");
        try (var reader = db.dataSource().getConnection();
                var statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("lock table processing_queue in access share mode");
            var start = runAsync(() -> TestWorker.on(db)
                    .property("spring.datasource.hikari.data-source-properties.options", LIMITS)
                    .property("spring.datasource.hikari.data-source-properties.socketTimeout", "2")
                    .start()
                    .close());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> start.isDone() || hasWaited(Duration.ofSeconds(3)));
            reader.commit();

            assertThat(start).succeedsWithin(Duration.ofSeconds(30));
        }
    }

    private boolean hasWaited(Duration time) {
        return db.jdbc()
                .sql("select exists (select from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock' and now() - query_start > make_interval(secs => :seconds))")
                .param("seconds", time.toSeconds())
                .query(Boolean.class)
                .single();
    }
}
