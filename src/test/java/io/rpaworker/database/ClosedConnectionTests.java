package io.rpaworker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import io.rpaworker.testing.Postgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a transaction throws when its connection was lost, and rolling back told it so once more. */
class ClosedConnectionTests {

    private final HikariDataSource pool = new HikariDataSource();
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
    private final JdbcClient jdbc = JdbcClient.create(pool);

    @BeforeEach
    void open() {
        pool.setJdbcUrl(Postgres.migrated().url());
        pool.setUsername("postgres");
        pool.setMaximumPoolSize(1);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aBackendThatIsTerminatedInATransactionIsTransient() {
        Throwable failure = catchThrowable(() -> transaction.executeWithoutResult(status -> terminate()));

        assertThat(DatabaseError.of(failure)).contains(DatabaseError.TRANSIENT);
    }

    @Test
    void usingTheConnectionAfterThatIsTransientToo() {
        Throwable failure = catchThrowable(() -> transaction.executeWithoutResult(status -> {
            assertThat(catchThrowable(this::terminate)).isNotNull();
            jdbc.sql("select 1").query(Integer.class).single();
        }));

        assertThat(DatabaseError.of(failure)).contains(DatabaseError.TRANSIENT);
    }

    private void terminate() {
        jdbc.sql("select pg_terminate_backend(pg_backend_pid())")
                .query(Boolean.class)
                .single();
    }
}
