package io.rpaworker.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.jdbc.PgConnection;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Whatever a write does to its transaction: nothing counts as completed that is not, and only the culprit fails. */
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteTransactionTests {

    private static final String FLOW = "writer";
    private static final int RECORDS = 10;
    private static final int CULPRIT = 7;

    private final RpaDb db = Postgres.migrated();
    private final AtomicReference<Deed> culpritsDeed = new AtomicReference<>();

    private TestWorker worker;

    // A start takes far longer than what is tried here.
    @BeforeAll
    void start() {
        db.jdbc().sql("create table effect (n int)").update();
        db.jdbc().sql("create table taken (n int primary key)").update();
        worker = TestWorker.on(db)
                .flow(FLOW)
                .property("rpa.global.retry.initial-delay", "1h")
                .property("rpa.global.retry.max-delay", "1h")
                .bean(beans -> new Writer(new Beans(beans), culpritsDeed))
                .start();
    }

    @AfterAll
    void stop() {
        worker.close();
    }

    @BeforeEach
    void tables() {
        db.empty("processing_queue", "effect", "taken");
        db.jdbc().sql("insert into taken values (:n)").param("n", CULPRIT).update();
    }

    /** What the culprit's write does after its effect has been written. */
    enum Undoing {
        SWALLOWS_A_DUPLICATE {
            @Override
            void happen(Beans beans) {
                swallowing(() -> beans.jdbc().update("insert into taken values (?)", CULPRIT));
            }
        },
        SWALLOWS_A_MISSING_FUNCTION_IN_A_BLOCK {
            @Override
            void happen(Beans beans) {
                swallowing(() -> beans.jdbc().execute("do $$ begin perform 1 / 0; end $$"));
            }
        },
        SWALLOWS_WHAT_A_RAW_STATEMENT_MEETS {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute((ConnectionCallback<Boolean>) connection -> {
                    try (var statement = connection.unwrap(PgConnection.class).createStatement()) {
                        return statement.execute("select 'x'::int");
                    } catch (SQLException swallowed) {
                        return false;
                    }
                });
            }
        },
        SWALLOWS_AN_ERROR_RIGHT_BEFORE_THE_COMMIT {
            @Override
            void happen(Beans beans) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void beforeCommit(boolean readOnly) {
                        swallowing(() -> beans.jdbc().update("insert into taken values (?)", CULPRIT));
                    }
                });
            }
        },
        MARKS_IT_ROLLBACK_ONLY {
            @Override
            void happen(Beans beans) {
                new TransactionTemplate(beans.transactions()).executeWithoutResult(inner -> inner.setRollbackOnly());
            }
        },
        ROLLS_BACK_IN_SQL {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute("rollback");
            }
        },
        ROLLS_BACK_IN_SQL_AND_GOES_ON {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute("/* as before */ ABORT AND CHAIN");
                beans.jdbc().update("insert into effect values (-1)");
            }
        },
        ROLLS_BACK_THE_CONNECTION_BEHIND {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute((ConnectionCallback<Boolean>) connection -> {
                    connection.unwrap(PgConnection.class).rollback();
                    return true;
                });
            }
        },
        LEAVES_ANOTHER_TRANSACTION_OPEN {
            @Override
            void happen(Beans beans) {
                var another = new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
                Objects.requireNonNull(beans.transactions()).getTransaction(another);
            }
        },
        COMMITS_THE_CONNECTION {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute((ConnectionCallback<Boolean>) connection -> {
                    connection.commit();
                    return true;
                });
            }
        },
        COMMITS_A_STATEMENTS_CONNECTION {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute("select 1", (PreparedStatementCallback<Boolean>) statement -> {
                    statement.getConnection().commit();
                    return true;
                });
            }
        },
        COMMITS_BY_SWITCHING_AUTO_COMMIT_ON {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute((ConnectionCallback<Boolean>) connection -> {
                    connection.setAutoCommit(true);
                    return true;
                });
            }
        },
        CLOSES_THE_CONNECTION {
            @Override
            void happen(Beans beans) throws SQLException {
                Connection connection = DataSourceUtils.getConnection(beans.pool());
                connection.close();
            }
        };

        abstract void happen(Beans beans) throws SQLException;
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheCulpritFailsAndNothingOfItIsLeft(Undoing undoing) {
        process(undoing::happen);
        worker.until(() -> db.count(FLOW, "completed") + db.count(FLOW, "failed") == RECORDS);

        assertThat(numbers("completed")).hasSize(RECORDS - 1).doesNotContain(CULPRIT);
        assertThat(effects()).containsExactlyInAnyOrderElementsOf(numbers("completed"));
        assertThat(db.column(CULPRIT, "retry_count", Integer.class)).isEqualTo(1);
    }

    @Test
    void theReasonNamesWhatWasSwallowed() {
        process(Undoing.SWALLOWS_A_DUPLICATE::happen);
        worker.until(() -> db.count(FLOW, "failed") == 1);

        assertThat(db.column(CULPRIT, "error_message", String.class))
                .contains("swallowed an error")
                .contains("duplicate key value violates unique constraint \"taken_pkey\"");
    }

    /** What cannot be taken back. */
    enum Committing {
        IN_SQL("commit"),
        IN_SQL_AND_GOES_ON("end and chain"),
        AND_THROWS("commit") {
            @Override
            void happen(Beans beans) {
                super.happen(beans);
                throw new IllegalStateException("after the commit");
            }
        },
        BEHIND_THE_CONNECTION("commit") {
            @Override
            void happen(Beans beans) {
                beans.jdbc().execute((ConnectionCallback<Boolean>) connection -> {
                    connection.unwrap(PgConnection.class).commit();
                    return true;
                });
            }
        };

        private final String sql;

        Committing(String sql) {
            this.sql = sql;
        }

        void happen(Beans beans) {
            beans.jdbc().execute(sql);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCommitOfItsOwnIsToldAndNotDoneAgain(Committing committing, CapturedOutput output) {
        process(committing::happen);
        worker.until(() -> db.count(FLOW, "completed") == RECORDS);

        worker.until(() -> claimRows() == 0);
        assertThat(effects()).doesNotHaveDuplicates().contains(CULPRIT);
        assertThat(output)
                .contains("The write of handler " + Writer.class.getName() + " committed its transaction by itself")
                .contains("records of flow " + FLOW + " are completed");
        assertThat(worker.bean(Worker.class).flows())
                .singleElement()
                .satisfies(it ->
                        assertThat(it.problems()).singleElement().asString().contains(FLOW, "commits"));
    }

    @Test
    void aSavepointUndoesOnlyWhatCameAfterIt() {
        process(beans -> beans.jdbc().execute((ConnectionCallback<Boolean>) connection -> {
            var savepoint = connection.setSavepoint();
            try (var statement = connection.createStatement()) {
                statement.execute("insert into taken values (" + CULPRIT + ")");
            } catch (SQLException duplicate) {
                connection.rollback(savepoint);
            }
            connection.setAutoCommit(false);
            return true;
        }));
        worker.until(() -> db.count(FLOW, "completed") == RECORDS);

        assertThat(effects()).hasSize(RECORDS).doesNotHaveDuplicates();
    }

    @Test
    void aTransactionOfItsOwnBesideItMayCommit() {
        process(beans -> {
            var beside = new TransactionTemplate(
                    beans.transactions(),
                    new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW));
            beside.executeWithoutResult(status -> beans.jdbc().update("insert into taken values (-1)"));
        });
        worker.until(() -> db.count(FLOW, "completed") == RECORDS);

        assertThat(effects()).hasSize(RECORDS);
    }

    private void process(Deed deed) {
        culpritsDeed.set(deed);
        db.insertPending(FLOW, RECORDS);
    }

    private List<Integer> effects() {
        return db.jdbc()
                .sql("select n from effect order by n")
                .query(Integer.class)
                .list();
    }

    private List<Integer> numbers(String status) {
        return db.jdbc()
                .sql("select cast(payload ->> 'n' as int) from processing_queue where status = :status")
                .param("status", status)
                .query(Integer.class)
                .list();
    }

    private int claimRows() {
        return db.jdbc()
                .sql("select count(*) from processing_claim")
                .query(Integer.class)
                .single();
    }

    private static void swallowing(Runnable statement) {
        try {
            statement.run();
        } catch (DataAccessException swallowed) {
            // That is what is wrong with it.
        }
    }

    record Numbered(int n) {}

    @FunctionalInterface
    private interface Deed {

        void happen(Beans beans) throws SQLException;
    }

    record Beans(BeanFactory factory) {

        JdbcTemplate jdbc() {
            return factory.getBean(JdbcTemplate.class);
        }

        PlatformTransactionManager transactions() {
            return factory.getBean(PlatformTransactionManager.class);
        }

        DataSource pool() {
            return factory.getBean(DataSource.class);
        }
    }

    private record Writer(Beans beans, AtomicReference<Deed> deed) implements RecordHandler<Numbered, Integer> {

        @Override
        public String flow() {
            return FLOW;
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Numbered> record) {
            return Outcome.completed(record.payload().n());
        }

        @Override
        public void write(List<Handled<Numbered, Integer>> chunk) {
            chunk.forEach(it -> beans.jdbc().update("insert into effect values (?)", it.result()));
            if (chunk.stream().anyMatch(it -> it.record().payload().n() == CULPRIT)) {
                try {
                    Objects.requireNonNull(deed.get()).happen(beans);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
