package io.rpaworker.migration;

import static java.util.concurrent.CompletableFuture.runAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rpaworker.testing.PgBouncer;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class SlowMigrationTests {

    private static final String LIMITS =
            "-c statement_timeout=1s -c lock_timeout=1s -c idle_in_transaction_session_timeout=1s";

    private final RpaDb db = Postgres.empty();

    @BeforeEach
    void thereIsAnOldTable() {
        Postgres.migrate(db.url(), "7");
    }

    @Test
    void limitsOfOrdinaryStatementsDoNotEndAMigration() throws SQLException {
        whileAReaderHoldsItUp(start(db.url(), LIMITS));
    }

    // Behind a pooler they are the role's, or as here the database's.
    @Test
    void norDoThoseOfTheRole() throws SQLException {
        limitTheDatabase();

        whileAReaderHoldsItUp(start(db.url(), ""));
    }

    // Its session is lent to others after each transaction, so that nothing may be left behind in it.
    @Test
    void norDoThoseOfTheRoleBehindATransactionPooler() throws SQLException {
        assumeTrue(PgBouncer.program().isPresent(), "PgBouncer is not installed");
        limitTheDatabase();
        try (var pooler = PgBouncer.before(db)) {
            whileAReaderHoldsItUp(start(pooler.url(), ""));

            assertThat(JdbcClient.create(new DriverManagerDataSource(pooler.url(), "postgres", ""))
                            .sql("show statement_timeout")
                            .query(String.class)
                            .single())
                    .isEqualTo("1s");
        }
    }

    private void limitTheDatabase() {
        String database =
                db.jdbc().sql("select current_database()").query(String.class).single();
        for (String limit : limits()) {
            db.jdbc()
                    .sql("alter database " + database + " set " + limit + " = '1s'")
                    .update();
        }
    }

    private static List<String> limits() {
        var limits =
                new ArrayList<>(List.of("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"));
        if (Postgres.majorVersion() >= 17) {
            limits.add("transaction_timeout");
        }
        return limits;
    }

    private static Runnable start(String url, String options) {
        String driver = "spring.datasource.hikari.data-source-properties.";
        return () -> TestWorker.on(RpaDb.at(url))
                .property(driver + "options", options)
                .property(driver + "socketTimeout", "2")
                .property(driver + "prepareThreshold", "0")
                .start()
                .close();
    }

    // Adopting a large table takes longer than any ordinary statement may; here it waits for a reader instead, and a
    // second replica for the first.
    private void whileAReaderHoldsItUp(Runnable start) throws SQLException {
        try (var replicas = Executors.newVirtualThreadPerTaskExecutor();
                var reader = db.dataSource().getConnection();
                var statement = reader.createStatement()) {
            for (String limit : limits()) {
                statement.execute("set " + limit + " = 0");
            }
            reader.setAutoCommit(false);
            statement.execute("lock table processing_queue in access share mode");
            var one = runAsync(start, replicas);
            var other = runAsync(start, replicas);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> one.isDone() || other.isDone() || bothHaveWaited(Duration.ofSeconds(3)));
            reader.commit();

            assertThat(List.of(one, other)).allSatisfy(it -> assertThat(it).succeedsWithin(Duration.ofSeconds(30)));
        }
    }

    private boolean bothHaveWaited(Duration time) {
        return db.jdbc()
                .sql("select count(*) >= 2 from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock' and now() - query_start > make_interval(secs => :seconds)")
                .param("seconds", time.toSeconds())
                .query(Boolean.class)
                .single();
    }
}
