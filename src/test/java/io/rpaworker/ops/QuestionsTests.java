package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class QuestionsTests {

    private final RpaDb db = Postgres.migrated();
    private final DataSource dataSource = db.workerDataSource();
    private final TransactionTemplate control = new TransactionTemplate(new JdbcTransactionManager(dataSource));

    @Test
    void aQuestionWithoutAThreadKeepsNoTurn() {
        var questions = new Questions(control, question -> {
            throw new OutOfMemoryError("unable to create native thread");
        });

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> questions.ask(() -> 1)).isInstanceOf(OutOfMemoryError.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "select 1 from missing; ERROR: relation \"missing\" does not exist [42P01]",
                "select 1 from pg_authid; ERROR: permission denied for table pg_authid [42501]",
                "select 1 / 0; ERROR: division by zero [22012]"
            })
    void whatRpaDbRefusesItHasAnswered(String sql, String reason) {
        assertThatThrownBy(() -> ask(sql))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("rpa_db refuses the question: " + reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select set_config('statement_timeout', '20', true), pg_sleep(0); select pg_sleep(5)",
                "select pg_terminate_backend(pg_backend_pid())"
            })
    void whatEndsBeforeTheAnswerIsNone(String sql) {
        assertThatThrownBy(() -> ask(sql))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("rpa_db does not answer: ");
    }

    @Test
    void anRpaDbThatTakesNobodyDoesNotAnswer() {
        db.shut();

        assertThatThrownBy(() -> ask("select 1"))
                .isInstanceOf(Problem.class)
                .hasMessageStartingWith("rpa_db does not answer: ");
    }

    @Test
    void twoAreUnderWayAndFourWaitAndTheNextIsRefusedAtOnce() throws InterruptedException {
        var questions = new Questions(control);
        var asked = new CountDownLatch(2);
        var end = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(10)) {
            var all = IntStream.range(0, 10)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> questions.ask(() -> {
                                asked.countDown();
                                awaitUninterruptibly(end);
                                return 1;
                            }),
                            threads))
                    .toList();
            asked.await();
            while (all.stream().filter(CompletableFuture::isDone).count() < 4) {
                Thread.onSpinWait();
            }
            assertThat(all.stream().filter(CompletableFuture::isCompletedExceptionally))
                    .hasSize(4);
            end.countDown();
            assertThat(all.stream()
                            .filter(it -> it.handle((value, failure) -> failure == null)
                                    .join()))
                    .hasSize(6);
        }
    }

    private void ask(String sql) {
        new Questions(control).ask(() -> {
            for (String statement : sql.split(";", -1)) {
                JdbcClient.create(dataSource).sql(statement).query().listOfRows();
            }
            return 1;
        });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
